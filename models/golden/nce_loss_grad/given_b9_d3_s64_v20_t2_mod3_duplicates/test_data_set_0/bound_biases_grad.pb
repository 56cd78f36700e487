Bbiases_gradJÏõ¿U
&?