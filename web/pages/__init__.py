"""The pages: what people see. Each module is one area; templates lie in web/templates under the same names."""
