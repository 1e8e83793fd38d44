//! What the nodes of the tree are. One name per rule of the grammar, and the tokens that the grammar does not name.

use super::pest_grammar::Rule;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $(= $($rule:ident)|+)? ;)*) => {
        /// The kind of a node or token.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SyntaxKind { $($(#[$doc])* $kind,)* }

        impl SyntaxKind {
            /// The kind of what a rule of the grammar has read.
            pub(super) fn of_rule(rule: Rule) -> Self {
                match rule {
                    $($($(Rule::$rule)|+ => Self::$kind,)?)*
                    _ => Self::Keyword,
                }
            }
        }
    };
}

kinds! {
    // Trivia.
    Whitespace;
    Newline;
    Comment = COMMENT;
    /// `///`
    DocComment;
    /// `//!`
    ModuleDoc;
    // Tokens.
    /// Brackets, commas and operators.
    Sign;
    Keyword;
    Ident = ident;
    FieldName = field_name;
    Kebab = kebab;
    KebabType = kebab_type;
    TypePattern = type_pat;
    Wildcard = wildcard;
    Number = number;
    Limit = limit;
    Regex = regex;
    RawString = raw | raw_multi;
    /// The text between quotes, escapes and holes.
    Chunk = chunk | multi_chunk;
    Escape = esc;
    /// `"` or `"""`.
    Quote;
    DefKind = def_kind;
    /// The question mark after a name.
    Optional = opt | may;
    /// A binary operator.
    Operator = op_cont | op_same;
    /// `!`, `-`, `has`
    Prefix = prefix;
    /// `:`, `:=`, `+=`, `-=`, `??=`
    Assign = assign;
    // What is wrong.
    /// What cannot be read, up to the end of its line, element or bracket.
    Junk = junk | ejunk | inner_junk | header_junk;
    /// Nothing, where an expression must be.
    NoExpr = no_expr;
    NoType = no_type;
    NoName = no_name;
    NoString = no_string;
    NoBlock = no_block;
    NoEquals = no_equals;
    NoColon = no_colon;
    NoArrow = no_arrow;
    NoThen = no_then;
    NoElse = no_else;
    NoIn = no_in;
    NoGreater = no_greater;
    NoParams = no_params;
    NoResult = no_result;
    NoBody = no_body;
    NoImport = no_import;
    NoItem = no_item;
    NoStmt = no_stmt;
    NoMember = no_member;
    NoPattern = no_pattern;
    NoPlace = no_place;
    NoView = no_view;
    // Items.
    File = file;
    Item = item;
    Attribute = attr;
    Import = import;
    ImportName = import_name;
    Dotted = dotted;
    TypeItem = type_item;
    TypeParams = type_params;
    FnItem = fn_item;
    Params = params;
    Param = param;
    FnBlock = fn_block;
    View = view;
    ViewArms = view_arms;
    ViewArm = view_arm;
    Path = path;
    Resource = resource;
    Test = test;
    TestBlock = test_block;
    Expect = expect;
    ExpectFinding = expect_finding;
    Application = application;
    AppUnit = app_unit;
    AppBody = app_body;
    AppTrait = app_trait;
    // Definitions and statements.
    Definition = definition;
    ForTarget = for_target;
    DefName = def_name;
    StmtBlock = stmt_block;
    Stmt = stmt;
    Parameters = parameters;
    Returns = returns;
    Let = let_stmt;
    Require = require;
    IfStmt = if_stmt;
    ForStmt = for_stmt;
    MatchStmt = match_stmt;
    MatchStmtArms = match_stmt_arms;
    MatchStmtArm = match_stmt_arm;
    Output = output;
    Patch = patch;
    PatchPlace = patch_place;
    Place = place;
    PlaceField = place_field;
    From = from;
    Do = do_stmt;
    Status = status;
    Conflicts = conflicts;
    Binders = binders;
    // Types.
    Type = ty;
    TypePost = ty_post;
    TypeField = ty_field;
    TypeElement = ty_elem;
    Refinement = refine;
    Span = range;
    TypeParen = ty_paren;
    TypeRef = ty_name;
    TypeName = type_name;
    TypeList = ty_list;
    TypeRecord = ty_record;
    TypeMember = ty_member;
    TypeRest = ty_rest;
    Without = without;
    TypeMap = ty_map;
    TypeProp = ty_prop;
    // Expressions.
    Expr = expr;
    Cast = cast;
    IsTest = is_test;
    Operand = operand;
    Access = access;
    Index = index;
    AtKey = at_key;
    Call = call;
    Lambda = lambda;
    Paren = paren;
    Literal = literal;
    IfExpr = if_expr;
    MatchExpr = match_expr;
    MatchArms = match_arms;
    MatchArm = match_arm;
    Pattern = pattern;
    RecordPattern = record_pat;
    PatternField = pat_field;
    List = list;
    IfItem = if_item;
    Comprehension = comp;
    ComprehensionFor = comp_for;
    ComprehensionIf = comp_if;
    Record = record;
    Field = field;
    Key = key;
    Spread = spread;
    IfMembers = if_members;
    ForMembers = for_members;
    Remove = remove;
    String = string;
    Hole = hole;
}

impl SyntaxKind {
    /// Space, line ends and comments.
    pub fn is_trivia(self) -> bool {
        self <= Self::ModuleDoc
    }

    /// A leaf with text of its own.
    pub fn is_token(self) -> bool {
        self <= Self::Junk
    }

    /// A place where something is missing: no text, no children.
    pub fn is_missing(self) -> bool {
        Self::NoExpr <= self && self <= Self::NoView
    }
}
