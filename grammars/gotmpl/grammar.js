/**
 * @file Go templates as Helm uses them (text/template with the delimiters `{{` and `}}`).
 *
 * The grammar accepts a little more than Go does, and never less: what needs counting or context (a missing space
 * between two operands, a bad number, `break` outside of `range`) is refused by whoever reads the tree.
 *
 * @license Apache-2.0
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// Go allows letters and decimal digits of all scripts in names. Listing them would make the tables of the lexer large
// and slow; every character beyond ASCII is taken instead.
const START = '[A-Za-z_\\u{80}-\\u{10FFFF}]';
const REST = '[A-Za-z0-9_\\u{80}-\\u{10FFFF}]';
const NAME = `${START}${REST}*`;
const FIELDS = `(\\.${NAME})+`;

export default grammar({
  name: 'gotmpl',

  // White space between tokens of an action. In text it belongs to the text, whose token begins before it.
  extras: _ => [/[ \t\r\n]+/],

  externals: $ => [
    // Everything up to the next `{{`.
    $.text,
    // `{{/* … */}}` with its delimiters and trim markers.
    $.comment,
    // Never produced: tells the scanner that the parser is recovering from an error.
    $._error_sentinel,
  ],

  word: $ => $.identifier,

  rules: {
    template_file: $ => repeat($._item),

    _item: $ => choice(
      $.text,
      $.comment,
      $.action,
      $.if_action,
      $.with_action,
      $.range_action,
      $.define_action,
      $.block_action,
      $.template_action,
      $.break_action,
      $.continue_action,
    ),

    _open: _ => choice('{{', alias(token(/\{\{-[ \t\r\n]/), '{{-')),
    _close: _ => choice('}}', '-}}'),

    action: $ => seq($._open, $.pipeline, $._close),

    // The clauses of a block are its children beside the items: a clause ends at `{{`, where one token of look-ahead
    // cannot tell yet whether an item or the next clause follows.
    if_action: $ => seq($.if_clause, repeat(choice($._item, $.else_clause)), $.end_clause),
    with_action: $ => seq($.with_clause, repeat(choice($._item, $.else_clause)), $.end_clause),
    range_action: $ => seq($.range_clause, repeat(choice($._item, $.else_clause)), $.end_clause),
    define_action: $ => seq($.define_clause, repeat($._item), $.end_clause),
    block_action: $ => seq($.block_clause, repeat($._item), $.end_clause),

    if_clause: $ => seq($._open, 'if', $.pipeline, $._close),
    with_clause: $ => seq($._open, 'with', $.pipeline, $._close),
    range_clause: $ => seq($._open, 'range', $.pipeline, $._close),
    define_clause: $ => seq($._open, 'define', $._template_name, $._close),
    block_clause: $ => seq($._open, 'block', $._template_name, $.pipeline, $._close),
    else_clause: $ => seq($._open, 'else', optional(seq(choice('if', 'with'), $.pipeline)), $._close),
    end_clause: $ => seq($._open, 'end', $._close),

    template_action: $ => seq($._open, 'template', $._template_name, optional($.pipeline), $._close),
    break_action: $ => seq($._open, 'break', $._close),
    continue_action: $ => seq($._open, 'continue', $._close),

    _template_name: $ => choice($.string, $.raw_string),

    // `$a, $b | f` without an operator is what Go makes of a `range` whose second variable is not assigned to.
    // A pipe at the end is accepted as Go accepts it.
    pipeline: $ => seq(
      optional(choice($.declaration, seq($.variable, ','))),
      $.command,
      repeat(seq('|', $.command)),
      optional('|'),
    ),

    declaration: $ => seq($.variable, optional(seq(',', $.variable)), choice(':=', '=')),

    command: $ => repeat1($._operand),

    _operand: $ => choice(
      $.dot,
      $.nil,
      $.true,
      $.false,
      $.number,
      $.character,
      $.string,
      $.raw_string,
      alias($._field_path, $.field),
      $.variable,
      alias($.identifier, $.function),
      $.parenthesized_pipeline,
      $.selector,
    ),

    // `$x.a.b`, `(…).a`, `f.a`: the path is glued to what it selects from.
    selector: $ => seq(
      choice($.variable, alias($.identifier, $.function), $.parenthesized_pipeline),
      alias($._glued_path, $.field),
    ),

    parenthesized_pipeline: $ => seq('(', $.pipeline, ')'),

    dot: _ => '.',
    nil: _ => 'nil',
    true: _ => 'true',
    false: _ => 'false',

    // One token for `.a.b.c`: most of what templates say.
    _field_path: _ => new RegExp(FIELDS, 'u'),
    _glued_path: _ => token.immediate(new RegExp(FIELDS, 'u')),
    variable: _ => new RegExp(`\\$(${REST})*`, 'u'),
    identifier: _ => new RegExp(NAME, 'u'),

    // All that Go's lexer may take for a number; whether it is one is for strconv.
    number: _ => /[+-]?\.?[0-9][0-9A-Za-z_.+-]*/,
    character: _ => /'([^'\\\n]|\\[^\n])*'/,
    string: _ => /"([^"\\\n]|\\[^\n])*"/,
    raw_string: _ => /`[^`]*`/,
  },
});
