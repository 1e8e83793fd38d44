// Jibe for tree-sitter. `grammar/jibe.pest` is the truth; this grammar accepts what that one reads without a finding, and leaves what is
// broken to tree-sitter's own recovery. Newlines separate: `src/scanner.c` says which ones do (a line that begins with `&&`, `.name`, `then` …
// continues the one before).

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// Tightest last (language reference §6.2).
const PREC = { cast: -2, if: -1, or: 1, and: 2, compare: 3, or_else: 4, add: 5, multiply: 6, unary: 7, access: 8 };

/** Elements between brackets, separated by commas or newlines. */
const between = ($, open, element, close) =>
  seq(open, repeat($._separator), optional(seq(element, repeat(seq(repeat1($._separator), element)), repeat($._separator))), close);

/** Items and statements, separated by newlines. */
const lines = ($, element) => seq(repeat($._newline), optional(seq(element, repeat(seq(repeat1($._newline), element)), repeat($._newline))));

const commas1 = (element) => seq(element, repeat(seq(",", element)));

module.exports = grammar({
  name: "jibe",

  word: ($) => $.identifier,
  externals: ($) => [$._newline],
  extras: ($) => [/\s/, "\u{FEFF}", $.comment, $.doc_comment, $.module_comment],
  supertypes: ($) => [$._item, $._statement, $._type, $._expression, $._pattern],
  inline: ($) => [$._name_or_kebab],
  conflicts: ($) => [
    [$.lambda_parameters, $._primary],
    [$.type_name],
  ],

  rules: {
    source_file: ($) => lines($, $._item),

    // ---- items
    _item: ($) => choice($.import, $.type_item, $.function, $.let, $.view, $.resource, $.test, $.definition, $.attributed_item),
    attributed_item: ($) => seq(repeat1($.attribute), choice($.import, $.type_item, $.function, $.let, $.view, $.resource, $.test, $.definition)),
    attribute: ($) => seq("@", field("name", $.identifier), optional($.arguments)),

    import: ($) => seq("import", field("module", choice($.string, $.module_path)), choice(seq("as", field("alias", $.identifier)), $.import_names)),
    module_path: ($) => seq($._name_or_kebab, repeat(seq(".", $._name_or_kebab))),
    import_names: ($) => between($, "{", $.import_name, "}"),
    import_name: ($) => seq(field("name", $.identifier), optional(seq("as", field("alias", $.identifier)))),

    type_item: ($) => seq("type", field("name", $.identifier), optional($.type_parameters), "=", field("type", $._type)),
    type_parameters: ($) => seq("<", commas1($.identifier), ">"),

    function: ($) =>
      seq("fn", field("name", $.identifier), optional($.type_parameters), $.parameter_list, "->", field("result", $._type), optional("?"), choice(seq("=", field("body", $._expression)), $.function_block)),
    parameter_list: ($) => between($, "(", $.parameter, ")"),
    parameter: ($) => seq(field("name", $.identifier), optional("?"), ":", field("type", $._type)),
    function_block: ($) => seq("{", lines($, choice($.let, $._expression)), "}"),

    view: ($) => seq(choice(seq("extend", "view", field("name", $.identifier)), seq("view", field("name", $.identifier), ":", $._type)), $.view_arms),
    view_arms: ($) => between($, "{", $.view_arm, "}"),
    view_arm: ($) => seq($._targets, ":", $.path),
    path: ($) => seq($.identifier, repeat(seq(".", $.identifier))),

    resource: ($) => seq("resource", field("name", $.identifier), ":", $.string, $.record_type),

    test: ($) => seq("test", field("name", $.string), "{", lines($, choice($.let, $.expect)), "}"),
    expect: ($) =>
      seq("expect", choice(seq(choice("error", "warning"), field("code", $.identifier), optional(seq("at", $.string)), "in", $._expression), $._expression)),

    definition: ($) =>
      seq(
        field("kind", choice("component", "trait", "policy", "step", "rule")),
        field("name", $._name_or_kebab),
        optional(seq(":", field("workload", $.type_name))),
        optional(seq("for", $._targets)),
        $.block,
      ),
    _targets: ($) => seq($.type_name, repeat(seq("|", $.type_name))),
    definition_name: ($) => seq($._name_or_kebab, optional(seq(".", $._name_or_kebab))),

    // ---- statements
    block: ($) => seq("{", lines($, $._statement), "}"),
    _statement: ($) => choice($._plain_statement, $.attributed_statement),
    attributed_statement: ($) => seq(repeat1($.attribute), $._plain_statement),
    _plain_statement: ($) =>
      choice($.parameters, $.returns, $.let, $.require, $.if_statement, $.for_statement, $.match_statement, $.output, $.patch, $.from, $.do, $.status, $.conflicts),
    parameters: ($) => seq("parameters", choice(seq(":", $._type), $.record_type)),
    returns: ($) => seq("returns", choice(seq(":", $._type), $.record_type)),
    let: ($) => seq("let", field("name", $.identifier), optional(seq(optional("?"), ":", field("type", $._type))), "=", field("value", $._expression)),
    require: ($) => seq("require", field("condition", $._expression), "else", field("message", $._expression), optional(seq("at", field("place", $._expression)))),
    if_statement: ($) => seq("if", field("condition", $._expression), $.block, repeat(seq("else", "if", field("condition", $._expression), $.block)), optional(seq("else", $.block))),
    for_statement: ($) => seq("for", $.binders, "in", $._expression, optional(seq("if", $._expression)), $.block),
    binders: ($) => seq($.identifier, optional(seq(",", $.identifier))),
    match_statement: ($) => seq("match", $._expression, between($, "{", $.match_statement_arm, "}")),
    match_statement_arm: ($) => seq($._pattern, "=>", $.block),
    output: ($) => seq("output", optional(field("name", choice($.identifier, $.string))), optional(seq(":", field("type", $.type_name))), choice(seq("=", $._expression), $.record)),
    patch: ($) => seq("patch", choice($.record, seq($._patch_place, optional("?"), choice(seq("=", $._expression), $.record)))),
    _patch_place: ($) => choice(seq("outputs", "of", $.type_name), $.place),
    place: ($) => seq(choice($.identifier, alias("outputs", $.identifier)), repeat(choice(seq(".", $.identifier), $.subscript))),
    subscript: ($) => seq("[", $._expression, "]"),
    from: ($) => seq("from", $.definition_name, $.record),
    do: ($) => seq("do", $.definition_name, $.record),
    status: ($) => seq("status", $.record),
    conflicts: ($) => seq("conflicts", commas1($.definition_name)),

    // ---- types
    _type: ($) => choice($.union_type, $._single_type),
    union_type: ($) => prec.left(choice(seq("|", $._single_type, repeat(seq("|", $._single_type))), seq($._single_type, repeat1(seq("|", $._single_type))))),
    _single_type: ($) => choice($._atom_type, $.refined_type, $.member_type, $.element_type),
    _atom_type: ($) => choice($.string, $.negative_number, $.number, $.true, $.false, $.null, $.list_type, $.record_type, $.paren_type, $.type_name, $.generic_type),
    refined_type: ($) => seq($._atom_type, $.refinement),
    member_type: ($) => prec.left(PREC.access, seq(choice($.refined_type, $.member_type, $.element_type, $.generic_type, $.list_type, $.record_type, $.paren_type), ".", $.identifier)),
    element_type: ($) => prec.left(PREC.access, seq($._single_type, "[", "]")),
    refinement: ($) => between($, "(", choice($.regex, $.range), ")"),
    range: ($) => choice(seq($._limit, optional(seq(choice("..=", ".."), optional($._limit)))), seq(choice("..=", ".."), $._limit)),
    _limit: ($) => choice($.number, $.negative_number),
    negative_number: ($) => seq("-", $.number),
    paren_type: ($) => seq("(", $._type, ")"),
    type_name: ($) => seq($._name_or_kebab, repeat(seq(".", $.identifier))),
    generic_type: ($) => seq($.type_name, "<", commas1($._type), ">"),
    list_type: ($) => seq("[", $._type, optional(seq("by", commas1($.identifier))), "]"),
    record_type: ($) => between($, "{", choice($.attributed_member, $._type_member), "}"),
    attributed_member: ($) => seq(repeat1($.attribute), $._type_member),
    _type_member: ($) => choice($.rest_type, $.map_type, $.property),
    rest_type: ($) => seq("...", $._single_type, optional(seq("without", choice($.identifier, $.without)))),
    without: ($) => between($, "(", $.identifier, ")"),
    map_type: ($) => seq("[", field("key", $._type), "]", ":", field("value", $._type)),
    property: ($) => seq(field("name", choice($.string, $.identifier)), optional("?"), ":", field("type", $._type), optional(seq("=", field("default", $._expression)))),

    // ---- expressions
    _expression: ($) => choice($.cast, $._simple),
    cast: ($) => prec.right(PREC.cast, seq($._simple, "as", $._single_type, "else", $._expression)),
    _simple: ($) => choice($.binary_expression, $.is_expression, $.unary_expression, $.access, $.index, $.call, $._primary),
    binary_expression: ($) =>
      choice(
        ...[
          ["??", PREC.or_else, prec.right],
          ["||", PREC.or, prec.left],
          ["&&", PREC.and, prec.left],
          ...["==", "!=", "<", "<=", ">", ">="].map((o) => [o, PREC.compare, prec.left]),
          ["+", PREC.add, prec.left],
          ["-", PREC.add, prec.left],
          ["*", PREC.multiply, prec.left],
        ].map(([operator, precedence, side]) => side(precedence, seq(field("left", $._simple), field("operator", operator), field("right", $._simple)))),
      ),
    is_expression: ($) => prec.left(PREC.compare, seq($._simple, "is", $.type_name)),
    unary_expression: ($) => prec(PREC.unary, seq(field("operator", choice("!", "-", "has")), $._simple)),
    access: ($) => prec.left(PREC.access, seq(field("object", $._simple), choice(".", "?."), field("field", $.identifier))),
    index: ($) => prec.left(PREC.access, seq(field("object", $._simple), optional("?"), $.subscript)),
    call: ($) => prec.left(PREC.access, seq(field("function", $._simple), $.arguments)),
    arguments: ($) => between($, "(", choice($.lambda, $._expression), ")"),
    lambda: ($) => seq(choice($.identifier, $.lambda_parameters), "=>", $._expression),
    lambda_parameters: ($) => seq("(", commas1($.identifier), ")"),
    _primary: ($) =>
      choice($.string, $.list, $.record, $.paren, $.number, $.regex, $.if_expression, $.match_expression, $.true, $.false, $.null, $.application, $.identifier),
    paren: ($) => seq("(", $._expression, ")"),
    if_expression: ($) => prec.right(PREC.if, seq("if", field("condition", $._expression), "then", $._expression, optional(seq("else", $._expression)))),
    match_expression: ($) => seq("match", $._expression, between($, "{", $.match_arm, "}")),
    match_arm: ($) => seq($._pattern, "=>", $._expression),

    _pattern: ($) => choice($.alternatives, $._single_pattern),
    alternatives: ($) => seq($._single_pattern, repeat1(seq("|", $._single_pattern))),
    _single_pattern: ($) => choice($.string, $.number, $.negative_number, $.true, $.false, $.null, $.absent, $.record_pattern, $.qualified_pattern, $.identifier),
    qualified_pattern: ($) => seq($.identifier, ".", $.identifier),
    record_pattern: ($) => between($, "{", $.field_pattern, "}"),
    field_pattern: ($) => seq(field("name", $.identifier), optional(seq(":", $._single_pattern))),

    list: ($) => between($, "[", choice($.spread, $.comprehension, $.if_item, $._expression), "]"),
    if_item: ($) => seq("if", $._expression, "=>", $._expression),
    comprehension: ($) => seq($.for_clause, repeat(choice($.for_clause, $.if_clause)), "=>", $._expression),
    for_clause: ($) => seq("for", $.binders, "in", $._expression),
    if_clause: ($) => seq("if", $._expression),

    record: ($) => between($, "{", $._member, "}"),
    _member: ($) => choice($.spread, $.field, $.if_members, $.for_members, $.let, $.remove),
    field: ($) =>
      seq(
        choice(seq(field("name", $._key), optional($.subscript)), $.subscript),
        optional(seq(optional("?"), field("operator", choice(":", ":=", "+=", "-=", "??=")), field("value", $._expression))),
      ),
    // Words that begin a member are names where an operator follows.
    _key: ($) => choice($.string, $.identifier, ...["if", "for", "let", "remove"].map((word) => alias(word, $.identifier))),
    spread: ($) => seq("...", $._expression),
    if_members: ($) => prec(1, seq("if", field("condition", $._expression), $.record, repeat(seq("else", "if", field("condition", $._expression), $.record)), optional(seq("else", $.record)))),
    for_members: ($) => seq("for", $.binders, "in", $._expression, optional(seq("if", $._expression)), $.record),
    remove: ($) => prec(1, seq("remove", choice($.string, $.identifier), optional($.subscript))),

    application: ($) => seq("application", $._name_or_kebab, between($, "{", choice($.unit, $.field), "}")),
    unit: ($) => seq(choice("component", "policy", "step"), field("name", $._name_or_kebab), ":", field("type", $.definition_name), $.unit_body),
    unit_body: ($) => between($, "{", choice($.unit_trait, $._member), "}"),
    unit_trait: ($) => seq("trait", field("type", $.definition_name), $.record),

    _separator: ($) => choice(",", $._newline),

    // ---- tokens
    _name_or_kebab: ($) => choice($.identifier, $.kebab),
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    kebab: () => /[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)+/,
    number: () => /[0-9][A-Za-z0-9_]*(\.[0-9][A-Za-z0-9_]*)?/,
    regex: () => token(/\/(\\[^\n]|[^\/\n\\])+\//),
    true: () => "true",
    false: () => "false",
    null: () => "null",
    absent: () => "absent",

    string: ($) => choice($._plain, $._multi, $.raw_string),
    _plain: ($) => seq('"', repeat(choice(alias($._plain_text, $.text), alias(token.immediate("$"), $.text), $.escape, $.interpolation)), token.immediate('"')),
    _multi: ($) => seq('"""', repeat(choice(alias($._multi_text, $.text), alias($._lone, $.text), $.escape, $.interpolation)), token.immediate('"""')),
    _plain_text: () => token.immediate(prec(1, /[^"\\\n$]+/)),
    _multi_text: () => token.immediate(prec(1, /[^"\\$]+/)),
    _lone: () => token.immediate(/\$|""?/),
    raw_string: () => token(choice(/r"[^"\n]*"/, /r"""([^"]|"[^"]|""[^"])*"""/)),
    escape: () => token.immediate(/\\(u\{[0-9A-Fa-f]*\}|[^\n])/),
    interpolation: ($) => seq(token.immediate("${"), $._expression, "}"),

    comment: () => token(/\/\/[^\n]*/),
    doc_comment: () => token(prec(1, /\/\/\/[^\n]*/)),
    module_comment: () => token(prec(1, /\/\/![^\n]*/)),
  },
});
