Bbiases_gradJ
,>ô²í>