; Later patterns win (Neovim, Zed, the command line); Helix takes the first, so nothing here depends on it but names in general.

(identifier) @variable
((identifier) @type (#match? @type "^[A-Z]"))

; Names
(definition name: (_) @type.definition)
(type_item name: (identifier) @type.definition)
(view name: (identifier) @type.definition)
(resource name: (identifier) @type.definition)
(function name: (identifier) @function)
(call function: (identifier) @function.call)
(call function: (access field: (identifier) @function.method.call))
(attribute "@" @attribute name: (identifier) @attribute)
(definition_name (_) @type)
(application [(identifier) (kebab)] @type)
(unit name: (_) @variable)
(module_path (_) @module)
(import alias: (identifier) @module)
(output name: (identifier) @variable)

; Types
(type_name (identifier) @type)
(type_name (kebab) @type)
(type_parameters (identifier) @type.parameter)

; Fields
(property name: (_) @property)
(parameter name: (identifier) @variable.parameter)
(field name: (_) @property)
(access field: (identifier) @property)
(place (identifier) @property)
(field_pattern name: (identifier) @property)
(list_type "by" (identifier) @property)
(lambda (identifier) @variable.parameter)
(lambda_parameters (identifier) @variable.parameter)

((identifier) @variable.builtin (#match? @variable.builtin "^(parameters|context|target|output|outputs)$"))

; Words
["import" "as"] @keyword.import
["type" "fn" "let" "view" "extend" "resource" "test" "application" "component" "trait" "policy" "step" "rule"] @keyword
["parameters" "returns" "output" "patch" "outputs" "of" "from" "do" "status" "conflicts" "remove" "by" "without" "at" "expect" "error" "warning"] @keyword
["if" "then" "else" "match"] @keyword.conditional
["for" "in"] @keyword.repeat
"require" @keyword.exception
["has" "is"] @keyword.operator
(field name: (identifier) @property)

; Values
[(true) (false)] @boolean
[(null) (absent)] @constant.builtin
[(number) (negative_number)] @number
(string) @string
(raw_string) @string
(escape) @string.escape
(regex) @string.regexp
(interpolation ["${" "}"] @punctuation.special)
(interpolation) @embedded

[":=" "+=" "-=" "??=" "=>" "->" "??" "?." "..." ".." "..=" "&&" "||" "==" "!=" "<=" ">=" "<" ">" "+" "-" "*" "!" "=" "|" "?"] @operator
["," "." ":"] @punctuation.delimiter
["{" "}" "[" "]" "(" ")"] @punctuation.bracket

(comment) @comment
[(doc_comment) (module_comment)] @comment.documentation
