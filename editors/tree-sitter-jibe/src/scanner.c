// Newlines that separate. A line continues the one before when it begins with `.name`, `?.`, `??`, `||`, `&&`, `==`, `!=`, `+`, `*`, `=>`, `|`,
// `then` or `else`; blank lines and comments in between do not count.

#include "tree_sitter/parser.h"

enum Token { NEWLINE };

void *tree_sitter_jibe_external_scanner_create(void) { return NULL; }
void tree_sitter_jibe_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_jibe_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_jibe_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool is_word(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// `then` and `else` continue, unless they name a field.
static bool word_continues(TSLexer *lexer, const char *word) {
  for (; *word; word++) {
    if (lexer->lookahead != *word) return false;
    advance(lexer);
  }
  if (is_word(lexer->lookahead)) return false;
  while (is_blank(lexer->lookahead)) advance(lexer);
  switch (lexer->lookahead) {
    case ':':
    case '?':
      return false;
    case '+':
    case '-':
      advance(lexer);
      return lexer->lookahead != '=';
    default:
      return true;
  }
}

// Whether what stands here continues the line before.
static bool continues(TSLexer *lexer) {
  int32_t first = lexer->lookahead;
  if (first == 't') return word_continues(lexer, "then");
  if (first == 'e') return word_continues(lexer, "else");
  if (first == '|' || first == '*') return true;
  if (first != '.' && first != '?' && first != '&' && first != '=' && first != '!' && first != '+') return false;
  advance(lexer);
  int32_t second = lexer->lookahead;
  switch (first) {
    case '.':
      return second != '.';
    case '?':
      if (second == '.') return true;
      if (second != '?') return false;
      advance(lexer);
      return lexer->lookahead != '=';
    case '&':
      return second == '&';
    case '=':
      return second == '=' || second == '>';
    case '!':
      return second == '=';
    default:
      return second != '=';
  }
}

bool tree_sitter_jibe_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
  (void)payload;
  if (!valid_symbols[NEWLINE]) return false;
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  if (lexer->lookahead != '\n') return false;
  advance(lexer);
  lexer->mark_end(lexer);
  lexer->result_symbol = NEWLINE;
  for (;;) {
    while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') advance(lexer);
    if (lexer->lookahead != '/') break;
    advance(lexer);
    if (lexer->lookahead != '/') return true;
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
  }
  return lexer->eof(lexer) || !continues(lexer);
}
