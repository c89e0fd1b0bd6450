(comment) @comment

["if" "else" "end" "with" "range" "define" "block" "template" "break" "continue"] @keyword

["{{" "{{-" "}}" "-}}"] @punctuation.special
["(" ")"] @punctuation.bracket
"," @punctuation.delimiter
["|" ":=" "="] @operator

(function) @function
(variable) @variable
(field) @property
(dot) @variable.builtin

[(string) (raw_string)] @string
(character) @constant.character
(number) @number
[(true) (false)] @boolean
(nil) @constant.builtin

; Names of templates.
(define_clause [(string) (raw_string)] @function.definition)
(block_clause [(string) (raw_string)] @function.definition)
(template_action [(string) (raw_string)] @function)
