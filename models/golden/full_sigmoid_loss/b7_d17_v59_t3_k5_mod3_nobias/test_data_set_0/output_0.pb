BlossJ„|HB
æKB(l1B\PBÅ—;B’h,B‹2AB