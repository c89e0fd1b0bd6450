; All text of a file is one YAML document with holes.
((text) @injection.content
  (#set! injection.language "yaml")
  (#set! injection.combined))
