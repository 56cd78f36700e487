Bbiases_gradJHãm˜>x†½i.ZÀ8ÞË¾yü>ó†¿õw@?Tí¾@À6¾lÀžbD¾H¤?gl¿æYe½í+¿ñÁ¿ríø¾´
1¾