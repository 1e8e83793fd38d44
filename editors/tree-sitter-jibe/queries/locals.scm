[(source_file) (definition) (function) (block) (function_block) (lambda) (comprehension) (for_statement) (for_members) (record) (test) (match_arm)] @local.scope

(let name: (identifier) @local.definition)
(parameter name: (identifier) @local.definition)
(binders (identifier) @local.definition)
(lambda (identifier) @local.definition)
(lambda_parameters (identifier) @local.definition)
(function name: (identifier) @local.definition)
(type_item name: (identifier) @local.definition)
(import_name alias: (identifier) @local.definition)

(identifier) @local.reference
