// Verdicts parses templates with text/template and prints what it makes of each, one JSON object a line: the text, and
// the tree with its positions or the error. `examples/syntax_compare.rs` reads that and compares.
//
//	go run ./verdicts -functions functions.json DIR… | cargo run --release --example syntax_compare
//
// With -mutate N each file is changed at random before it is parsed, N times; with -soup N there are also N texts of
// random tokens.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"text/template/parse"
)

// Verdict is one parsed text.
type Verdict struct {
	Name   string `json:"name"`
	Source []byte `json:"source"`
	// Error is empty where the text was accepted.
	Error string `json:"error"`
	// Tree is the tree as the functions in tree.go print it.
	Tree string `json:"tree"`
}

func main() {
	log.SetFlags(0)
	list := flag.String("functions", "", "JSON: lists of function names by version of Helm")
	version := flag.String("version", "", "the list to take; all by default")
	mutants := flag.Int("mutate", 0, "so many random changes of each file instead of the file")
	soups := flag.Int("soup", 0, "so many texts of random tokens")
	seed := flag.Int64("seed", 1, "of the random changes")
	all := flag.Bool("all", false, "all files, not only those below a folder `templates`")
	flag.Parse()
	names := functions(*list, *version)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	if err := encoder.Encode(map[string][]string{"functions": sorted(names)}); err != nil {
		log.Fatal(err)
	}
	random := rand.New(rand.NewSource(*seed))
	for i := range *soups {
		if err := encoder.Encode(judge(fmt.Sprintf("soup %d", i), soup(random), names)); err != nil {
			log.Fatal(err)
		}
	}
	for _, root := range flag.Args() {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !entry.Type().IsRegular() {
				return err
			}
			if !*all && !strings.Contains(filepath.ToSlash(path), "/templates/") {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if *mutants == 0 {
				return encoder.Encode(judge(path, text, names))
			}
			for range *mutants {
				if err := encoder.Encode(judge(path, mutate(random, text), names)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
	}
}

func judge(name string, text []byte, names map[string]any) Verdict {
	verdict := Verdict{Name: name, Source: text}
	trees, err := parse.Parse(name, string(text), "{{", "}}", names)
	if err != nil {
		verdict.Error = err.Error()
	} else {
		verdict.Tree = show(trees)
	}
	return verdict
}

func functions(path, version string) map[string]any {
	names := map[string]any{}
	content, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	var lists map[string]json.RawMessage
	if err := json.Unmarshal(content, &lists); err != nil {
		log.Fatal(err)
	}
	for key, raw := range lists {
		var list []string
		if json.Unmarshal(raw, &list) != nil || version != "" && version != key {
			continue
		}
		for _, name := range list {
			names[name] = fmt.Sprint
		}
	}
	return names
}
