module chartlint/tests/syntax

go 1.24
