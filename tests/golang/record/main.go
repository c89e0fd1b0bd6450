// Command record writes down what Go's standard library and the libraries behind Helm's template functions answer, for
// the tests beside it. Run it in its own directory: go run . [NAME...]. Without names it writes everything.
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"unicode/utf8"
)

// A table is a list of rows; a row is a list of JSON values.
type table struct {
	rows [][]any
	seen map[string]bool
}

func (t *table) add(row ...any) {
	for i, v := range row {
		if s, ok := v.(string); ok {
			row[i] = text(s)
		}
	}
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	key := fmt.Sprintf("%#v", row)
	if !t.seen[key] {
		t.seen[key] = true
		t.rows = append(t.rows, row)
	}
}

// text makes a JSON string of a Go string. What is not UTF-8 is written in hexadecimal after a NUL.
func text(s string) recorded {
	if utf8.ValidString(s) && (s == "" || s[0] != 0) {
		return recorded(s)
	}
	return recorded("\x00" + hex.EncodeToString([]byte(s)))
}

// recorded text is not to be changed any more.
type recorded string

func texts(list []string) any {
	if list == nil {
		return nil
	}
	out := []recorded{}
	for _, s := range list {
		out = append(out, text(s))
	}
	return out
}

func errorText(err error) any {
	if err == nil {
		return nil
	}
	return text(err.Error())
}

// caught runs f and gives the text of a panic.
func caught(f func()) (message any) {
	defer func() {
		if r := recover(); r != nil {
			message = text(fmt.Sprint(r))
		}
	}()
	f()
	return nil
}

func (t *table) write(name string) {
	var out bytes.Buffer
	out.WriteString("[\n")
	for i, row := range t.rows {
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(row); err != nil {
			panic(err)
		}
		out.Write(bytes.TrimSpace(line.Bytes()))
		if i+1 < len(t.rows) {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
	}
	out.WriteString("]\n")
	if err := os.WriteFile("../"+name+".json", out.Bytes(), 0o644); err != nil {
		panic(err)
	}
	fmt.Println(name, len(t.rows), out.Len())
}

var recorders = map[string]func(){}

// random is seeded so that a new recording differs only where Go does.
var random = rand.New(rand.NewSource(1))

func pick(list []string) string { return list[random.Intn(len(list))] }

// mix joins up to n random parts.
func mix(parts []string, n int) string {
	s := ""
	for i := random.Intn(n + 1); i > 0; i-- {
		s += pick(parts)
	}
	return s
}

func main() {
	names := os.Args[1:]
	if len(names) == 0 {
		for name := range recorders {
			names = append(names, name)
		}
		sort.Strings(names)
	}
	for _, name := range names {
		random = rand.New(rand.NewSource(1))
		recorders[name]()
	}
}
