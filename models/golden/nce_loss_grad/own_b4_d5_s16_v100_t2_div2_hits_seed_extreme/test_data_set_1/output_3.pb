Bsampled_expected_countJ@	<
>y£4?³’=ÔµÆ>ıê>wcS?ù–§>Vqb={L=çª=—fp>)?çÌ>K`t?$ù?øæV=