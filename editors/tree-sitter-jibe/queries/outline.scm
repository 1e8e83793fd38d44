(definition kind: _ @context name: (_) @name) @item
(type_item "type" @context name: (identifier) @name) @item
(function "fn" @context name: (identifier) @name) @item
(view "view" @context name: (identifier) @name) @item
(resource "resource" @context name: (identifier) @name) @item
(test "test" @context name: (string) @name) @item
