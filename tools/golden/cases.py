"""The golden cases of NceLoss: what each asks for. Names are made from the options, so a name cannot lie."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One model and its data sets. Fields that are attributes of NceLoss have the attribute's name."""

    samples: str  # "own": the op draws them; "given": they are inputs
    batch: int
    dim: int
    num_sampled: int
    num_classes: int
    num_true: int = 1
    partition_strategy: str = "div"
    partitions: tuple = ()  # rows of each partition, set by the functions below
    remove_accidental_hits: bool = False
    subtract_log_q: bool = True
    ignore_index: int | None = None
    reduction: str = "none"
    seed: int = 0
    seed2: int = 0
    has_biases: bool = True
    bias_count: int | None = None  # default num_classes
    labels_type: str = "int64"
    steps: tuple = ()  # of the data sets, when the model has a step input
    duplicates: bool = False  # given samples drawn with replacement
    infinite_biases: bool = False
    nan_ignored_counts: bool = False  # expected counts of ignored labels are NaN instead of 0
    all_hits: bool = False  # labels taken from the samples only
    scale: float = 1.0  # of the logits, about
    note: str = ""  # what is special, part of the name

    @property
    def oracle(self):
        """"tensorflow", or "float64" where TensorFlow has no such option or another meaning."""
        masked_copies = self.duplicates and self.remove_accidental_hits
        beyond = self.ignore_index is not None or masked_copies or self.infinite_biases
        return "float64" if beyond else "tensorflow"

    @property
    def rows(self):
        return sum(self.partitions)

    @property
    def biases_length(self):
        return self.bias_count or self.num_classes

    @property
    def step_input(self):
        return bool(self.steps)

    @property
    def output_sample(self):
        """The count of an ignored label is not specified, so such a case shows its loss only."""
        return self.samples == "own" and self.ignore_index is None

    @property
    def run_of_data_set(self):
        """The run of the sampler that each data set records."""
        return self.steps or ((0, 1, 2) if self.samples == "own" else (0,))

    @property
    def name(self):
        sizes = f"{self.samples}_b{self.batch}_d{self.dim}_s{self.num_sampled}_v{self.num_classes}_t{self.num_true}"
        words = [sizes, f"{self.partition_strategy}{len(self.partitions)}"]
        words += ["hits"] * self.remove_accidental_hits + ["nobias"] * (not self.has_biases)
        words += ["noq"] * (not self.subtract_log_q) + ["ignore"] * (self.ignore_index is not None)
        words += [self.reduction] * (self.reduction != "none") + ["int32"] * (self.labels_type == "int32")
        words += ["duplicates"] * self.duplicates + ["step"] * self.step_input + [self.note] * bool(self.note)
        return "_".join(words)


def even_rows(rows, shards):
    """Sizes of the partitions of both strategies: the first rows % shards have one row more."""
    return tuple(rows // shards + (p < rows % shards) for p in range(shards))


def case(samples, batch, dim, num_sampled, num_classes, num_true=1, partitions="div1", **options):
    """`partitions` is the strategy and the number of even partitions, such as "mod3", or just "div" or "mod" when
    the option `rows` lists the sizes. hits and noq are short for the attributes."""
    strategy, shards = partitions[:3], partitions[3:]
    rows = options.pop("rows", None) or even_rows(num_classes, int(shards))
    hits, noq = options.pop("hits", False), options.pop("noq", False)
    return Case(samples, batch, dim, num_sampled, num_classes, num_true, strategy, rows, hits, not noq, **options)


def own(*args, **options):
    return case("own", *args, **options)


def given(*args, **options):
    return case("given", *args, **options)


#   batch dim  S    V   T  partitions
OWN = [
    own(5, 8, 4, 20, seed=1, seed2=2),
    own(1, 1, 1, 5, seed=7, seed2=1, has_biases=False),
    own(3, 2, 5, 5, hits=True, seed=3, seed2=4, note="all_classes"),
    own(8, 16, 8, 50, 1, "mod1", seed=0, seed2=9, note="seed_zero"),
    own(8, 16, 8, 50, 1, "mod2", hits=True, seed=9, seed2=0, note="seed2_zero"),
    own(4, 4, 16, 100, 2, "mod2", hits=True, seed=-1, seed2=-2, note="seed_negative"),
    own(4, 5, 16, 100, 2, "div2", hits=True, seed=-(2**63), seed2=2**63 - 1, note="seed_extreme"),
    own(4, 3, 33, 200, 3, "div3", seed=2**62 + 12345, seed2=2**40 + 7, note="seed_large"),
    own(6, 3, 64, 1000, 2, "mod3", hits=True, seed=11, seed2=12),
    own(9, 3, 64, 64, 1, "div2", hits=True, seed=87654321, seed2=5, note="all_classes"),
    own(9, 17, 30, 30, 5, "mod5", seed=21, seed2=22, note="all_classes"),
    own(7, 2, 128, 1000, 1, "div4", hits=True, seed=31, seed2=32, has_biases=False),
    own(2, 1, 300, 5000, 4, "div5", hits=True, seed=41, seed2=42),
    own(17, 3, 200, 300, 5, "mod4", hits=True, seed=5, seed2=50),
    own(67, 7, 20, 40, 3, "mod5", hits=True, seed=51, seed2=52),
    own(31, 17, 12, 40, 2, "div2", hits=True, seed=61, seed2=62, labels_type="int32"),
    own(13, 3, 10, 500, 1, "mod2", seed=71, seed2=72, labels_type="int32", has_biases=False),
    own(16, 32, 9, 48, 1, hits=True, seed=81, seed2=82, reduction="mean"),
    own(15, 9, 11, 48, 4, "mod3", seed=91, seed2=92, reduction="sum"),
    own(10, 8, 15, 60, 2, hits=True, noq=True, seed=101, seed2=102),
    own(6, 3, 64, 1000, 2, "mod3", hits=True, seed=11, seed2=12, steps=(2, 0, 1)),
    own(3, 4, 7, 100, 1, "div2", seed=-5, seed2=6, steps=(1, 2, 0)),
    own(4, 2, 40, 80, 3, hits=True, seed=2**61, seed2=-9, steps=(5, 3, 0), labels_type="int32"),
    own(11, 5, 8, 30, 1, "mod2", hits=True, seed=0, seed2=3, steps=(2, 1, 0), reduction="mean"),
    own(9, 4, 12, 50, 2, "div2", hits=True, seed=17, seed2=18, rows=(26, 26), note="padded"),
    own(12, 6, 10, 40, 3, hits=True, seed=111, seed2=112, ignore_index=-1),
    own(8, 4, 6, 24, 2, "mod2", seed=121, seed2=122, ignore_index=0, reduction="mean"),
]

GIVEN = [
    given(1, 1, 1, 5),
    given(1, 3, 2, 5, 1, "mod2", hits=True),
    given(2, 17, 3, 7, 1, "div2"),
    given(3, 64, 4, 10, 2, "mod3", hits=True),
    given(5, 100, 8, 30, 1, "div3", hits=True),
    given(7, 129, 16, 40, 1, hits=True),
    given(9, 129, 17, 41, 3, "mod4"),
    given(16, 100, 32, 50, 2, "mod2", hits=True, has_biases=False),
    given(33, 64, 31, 60, 1, "div4"),
    given(67, 17, 63, 100, 1, "mod5", hits=True),
    given(67, 3, 65, 80, 5, "div5", hits=True),
    given(64, 8, 64, 64, 1, hits=True, note="all_classes"),
    given(15, 2, 300, 500, 4, "mod1", hits=True),
    given(8, 1, 299, 5000, 1, "div1"),
    given(8, 3, 128, 3000, 2, "mod5", hits=True),
    given(6, 7, 100, 100, 3, "div2", hits=True, note="all_classes"),
    given(10, 15, 5, 200, 5, "mod3"),
    given(11, 31, 15, 33, 4, "div3", hits=True),
    given(13, 33, 16, 34, 2, "mod4", hits=True),
    given(14, 63, 17, 35, 1, "div5", has_biases=False),
    given(17, 65, 9, 36, 1, "mod2"),
    given(19, 5, 7, 9, 5, "div2", hits=True, all_hits=True, note="only_hits"),
    given(21, 3, 1, 5, 1, "mod2", hits=True),
    given(4, 48, 24, 72, 1, "div", rows=(10, 40, 22), note="uneven"),
    given(4, 16, 24, 72, 2, "div", rows=(1, 0, 70, 1), hits=True, note="uneven_empty"),
    given(6, 9, 12, 21, 3, "div", rows=(0, 0, 20, 1, 0), hits=True, note="uneven_empty"),
    given(5, 4, 6, 5, 1, "mod5", duplicates=True, note="one_row_each"),
]

INT32_LABELS = [
    given(5, 16, 8, 30, 1, "div1", labels_type="int32"),
    given(6, 8, 40, 45, 3, "mod3", hits=True, labels_type="int32"),
    given(23, 4, 20, 25, 2, "div4", hits=True, labels_type="int32", has_biases=False),
    given(9, 12, 14, 28, 5, "mod5", labels_type="int32", reduction="mean"),
]

DUPLICATES = [
    given(5, 8, 16, 10, 1, duplicates=True),
    given(9, 3, 64, 20, 2, "mod3", duplicates=True),
    given(8, 17, 100, 30, 4, "div2", duplicates=True, has_biases=False),
    given(3, 1, 7, 5, 1, "mod2", duplicates=True, labels_type="int32"),
    given(9, 8, 32, 12, 1, "mod2", hits=True, duplicates=True),
    given(12, 5, 50, 16, 3, "div3", hits=True, duplicates=True),
    given(7, 4, 20, 9, 2, hits=True, duplicates=True, reduction="sum"),
]

REDUCTIONS = [
    given(8, 16, 8, 40, 1, "div1", reduction="mean"),
    given(8, 16, 8, 40, 1, "mod2", reduction="sum", hits=True),
    given(67, 5, 33, 70, 3, "mod3", reduction="mean", hits=True),
    given(33, 9, 21, 44, 2, "div3", reduction="sum", has_biases=False),
]

NEGATIVE_SAMPLING = [
    given(8, 16, 8, 40, 1, noq=True),
    given(12, 32, 20, 40, 1, "mod3", hits=True, noq=True),
    given(7, 3, 35, 50, 5, "div4", hits=True, noq=True, has_biases=False),
    given(9, 8, 25, 12, 2, "mod2", noq=True, duplicates=True),
]

PADDED = [
    given(7, 8, 12, 50, 1, rows=(64,), hits=True, note="padded"),
    given(7, 8, 12, 50, 2, "mod", rows=(17, 17, 17), hits=True, note="padded"),
    given(7, 8, 12, 50, 2, "div", rows=(16, 16, 16, 16), bias_count=64, note="padded_biases"),
]

IGNORED = [
    given(8, 8, 10, 40, 3, ignore_index=-1),
    given(8, 8, 30, 40, 3, "mod3", hits=True, ignore_index=-100, nan_ignored_counts=True, note="nan_counts"),
    given(16, 5, 20, 25, 5, "div2", hits=True, ignore_index=0, note="class0"),
    given(10, 17, 9, 30, 1, "mod2", ignore_index=-1, reduction="mean"),
    given(9, 4, 15, 20, 2, hits=True, ignore_index=3, reduction="sum", labels_type="int32", has_biases=False),
    given(11, 6, 18, 22, 4, "mod4", hits=True, ignore_index=-1, noq=True, labels_type="int32"),
    given(13, 3, 24, 12, 4, "div3", hits=True, ignore_index=11, duplicates=True, reduction="mean", note="last_class"),
]

SCALES = [
    given(9, 32, 20, 60, 1, "mod2", hits=True, scale=50.0, note="large"),
    given(9, 100, 20, 40, 3, "div2", scale=1000.0, note="huge"),
    given(9, 16, 20, 60, 2, "div3", scale=1e-4, note="tiny"),
    given(20, 4, 10, 16, 1, infinite_biases=True, note="infinite"),
    given(20, 4, 10, 16, 3, "mod2", hits=True, infinite_biases=True, note="infinite"),
    given(20, 4, 4, 8, 1, "div2", hits=True, infinite_biases=True, all_hits=True, note="infinite_hits"),
]

CASES = OWN + GIVEN + INT32_LABELS + DUPLICATES + REDUCTIONS + NEGATIVE_SAMPLING + PADDED + IGNORED + SCALES
