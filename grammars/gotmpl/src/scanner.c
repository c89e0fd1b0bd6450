// The two tokens that a regular expression cannot find, or not fast enough: text, which ends before the first `{{`,
// and comments, which end at the first `*/` and the delimiter behind it.

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

// After `{{`. A comment that is not closed, or whose end has no delimiter, is taken as well, up to the end of the file or
// of the comment: looking for the end of each of many such comments would take quadratic time, and a person who has just
// opened a comment sees one.
static bool scan_comment(TSLexer *lexer) {
  if (accept(lexer, '-')) {
    if (!is_space(lexer->lookahead)) return false;
    advance(lexer);
  }
  if (!accept(lexer, '/') || !accept(lexer, '*')) return false;
  lexer->result_symbol = COMMENT;
  for (;;) {
    if (lexer->lookahead == '*') {
      advance(lexer);
      if (accept(lexer, '/')) break;
    } else if (lexer->lookahead == 0 && lexer->eof(lexer)) {
      lexer->mark_end(lexer);
      return true;
    } else {
      advance(lexer);
    }
  }
  lexer->mark_end(lexer);
  if (is_space(lexer->lookahead)) {
    advance(lexer);
    if (!accept(lexer, '-')) return true;
  }
  if (accept(lexer, '}') && accept(lexer, '}')) lexer->mark_end(lexer);
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
