([(comment) (doc_comment) (module_comment)] @injection.content (#set! injection.language "comment"))
((regex) @injection.content (#set! injection.language "regex"))
