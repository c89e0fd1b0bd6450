// The two tokens that a regular expression cannot find, or not fast enough: text, which ends before the first `{{`,
// and comments, which end at the first `*/` and count only if a delimiter follows at once.

#include "tree_sitter/parser.h"

enum TokenType { TEXT, COMMENT, ERROR_SENTINEL };

void *tree_sitter_gotmpl_external_scanner_create(void) { return NULL; }

void tree_sitter_gotmpl_external_scanner_destroy(void *payload) { (void)payload; }

unsigned tree_sitter_gotmpl_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}

void tree_sitter_gotmpl_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static inline void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static inline bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Takes `c` if it is next.
static bool accept(TSLexer *lexer, int32_t c) {
  if (lexer->lookahead != c || lexer->eof(lexer)) return false;
  advance(lexer);
  return true;
}

// After `{{`.
static bool scan_comment(TSLexer *lexer) {
  if (accept(lexer, '-')) {
    if (!is_space(lexer->lookahead)) return false;
    advance(lexer);
  }
  if (!accept(lexer, '/') || !accept(lexer, '*')) return false;
  for (;;) {
    if (lexer->lookahead == '*') {
      advance(lexer);
      if (accept(lexer, '/')) break;
    } else if (lexer->lookahead == 0 && lexer->eof(lexer)) {
      return false;
    } else {
      advance(lexer);
    }
  }
  if (is_space(lexer->lookahead)) {
    advance(lexer);
    if (!accept(lexer, '-')) return false;
  }
  if (!accept(lexer, '}') || !accept(lexer, '}')) return false;
  lexer->mark_end(lexer);
  lexer->result_symbol = COMMENT;
  return true;
}

bool tree_sitter_gotmpl_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[ERROR_SENTINEL] || !valid[TEXT]) return false;

  bool has_text = false;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '{') {
      lexer->mark_end(lexer);
      advance(lexer);
      if (lexer->lookahead == '{') {
        if (has_text) break;
        advance(lexer);
        return scan_comment(lexer);
      }
    } else if (c == 0 && lexer->eof(lexer)) {
      lexer->mark_end(lexer);
      if (!has_text) return false;
      break;
    } else {
      advance(lexer);
    }
    has_text = true;
  }
  lexer->result_symbol = TEXT;
  return true;
}
