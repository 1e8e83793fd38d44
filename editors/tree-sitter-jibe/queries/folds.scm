[(block) (record) (record_type) (list) (function_block) (view_arms) (import_names) (match_expression) (match_statement) (arguments) (unit_body) (application) (test)] @fold
