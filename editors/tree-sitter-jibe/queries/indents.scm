[(block) (record) (record_type) (list) (function_block) (view_arms) (import_names) (arguments) (match_expression) (match_statement) (unit_body) (application) (test)] @indent.begin
["}" "]" ")"] @indent.end @indent.branch
