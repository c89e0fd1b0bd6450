package main

import (
	"net/url"
	"path"
	"path/filepath"

	"github.com/gobwas/glob"
)

func init() {
	recorders["path"] = recordPath
	recorders["match"] = recordMatch
	recorders["glob"] = recordGlob
	recorders["url"] = recordURL
}

func recordPath() {
	parts := []string{"a", "b.txt", "/", "/", ".", "..", "../", "./", "c.tar.gz", ".hidden", "é", "\xff", " ", "//", "..."}
	list := []string{"", "/", "//", ".", "..", "/..", "a/..", "a/../..", "/a/b/", "a//b", "."}
	for range 700 {
		list = append(list, mix(parts, 7))
	}
	var t table
	for _, s := range list {
		if filepath.Base(s) != path.Base(s) || filepath.Dir(s) != path.Dir(s) || filepath.Ext(s) != path.Ext(s) || filepath.Clean(s) != path.Clean(s) {
			panic(s)
		}
		t.add(s, path.Base(s), path.Dir(s), path.Ext(s), path.Clean(s), path.IsAbs(s))
	}
	t.write("path")
}

func recordMatch() {
	patterns := []string{"a", "b", "*", "*", "?", "[a-c]", "[^a]", "[", "]", "-", "\\", "/", ".", "é", "[é-ü]", "\xff", "[]", "[a", "\\*", "[\\]]", "^", "c"}
	names := []string{"a", "b", "c", "/", ".", "é", "ñ", "\xff", "*", "-", "]"}
	var t table
	for range 1500 {
		p, s := mix(patterns, 5), mix(names, 5)
		ok, err := filepath.Match(p, s)
		if err != nil {
			t.add(p, s, nil)
		} else {
			t.add(p, s, ok)
		}
	}
	t.write("match")
}

func recordGlob() {
	patterns := []string{"a", "b", "*", "**", "?", "[a-c]", "[!a]", "[abc]", "{a,b}", "}", ",", "/", ".txt", "é", "\\", "[", "]", "f", "config/", "{a/,f}", "*.{yaml,tpl}", "-"}
	names := []string{"a", "b", "c", "/", ".txt", ".yaml", "é", "f", "config/", "*", "x", "ab"}
	var t table
	add := func(p, s string) {
		g, err := glob.Compile(p, '/')
		if err != nil {
			t.add(p, s, nil)
		} else if s != "" {
			t.add(p, s, g.Match(s))
		}
	}
	for _, p := range []string{"**", "*", "**/*.txt", "f/**/*.txt", "f/*", "f/**", "{a,b}.txt", "conf/[a-b].txt", "[!a]*", "*.yaml", "**.yaml", "a?c", "", "{a,b", "[", "[]", "[a-", "[z-a]", "\\*", "**/{a,b}/*", "*/*", "{*.txt,f/*}", "\xff", "dashboards/*.json", "{dashboards,alerts}/**.json"} {
		for _, s := range []string{"a", "a.txt", "f/a.txt", "f/g/a.txt", "f/g/h/a.txt", "conf/a.txt", "conf/c.txt", "b.yaml", "x/b.yaml", "abc", "a/c", "*", "x/a/y", "a/b", "dashboards/x.json", "dashboards/y/x.json", "alerts/z/q.json"} {
			add(p, s)
		}
	}
	for range 1500 {
		add(mix(patterns, 5), mix(names, 5))
	}
	t.write("glob")
}

func recordURL() {
	list := []string{
		"", "*", "http://a.b", "http://a.b/", "http://a.b:80/c?d=e#f", "https://u:p@h:1/x%20y?q#z", "mailto:a@b.c", "//host/p", "///p", "/p?q", "p:q", "1:2", ":x", "a:b/c", "./a:b", "http://", "http:", "http:/x", "http://[::1]:80/",
		"http://[::1", "http://[fe80::1%25en0]:80", "http://[fe80::1%en0]", "http://[1.2.3.4]", "http://[x]", "http://[::1]x", "http://a[::1]", "http://a:b", "http://a:1:2", "x://a:1:2", "x://a:b:2", "http://a b", "http://a%20b", "http://a%41b", "http://a%C3%A9b", "http://é.b",
		"http://a/%zz", "http://a/%", "http://a/%4", "/%2F/x", "/a?b?c", "/a?", "/a??", "/a#", "/a#b#c", "/a#%zz", "/a#%41", "a\x7fb", "a\nb", "http://u@h", "http://u:@h", "http://:p@h", "http://u%zz@h", "http://u%40:p%3A@h", "http://u v@h", "http://u@v@h", "http://\"@h", "postgres://user:pa ss@h/db",
		"postgresql://user:p%40ss@db.example.com:5432/name?sslmode=disable", "redis://:secret@redis:6379/0", "HTTP://A.B/C", "jdbc:mysql://h:3306/db", "file:///etc/x", "s3://bucket/key", "http://a/b c", "http://a/b\"c", "/a b/[c]", "http://a/;p=1", "http://a<b", "x:///p", "x:a?b#c", "http://[::ffff:1.2.3.4]", "http://[1:2:3:4:5:6:7:8]",
		"http://[1:2:3:4:5:6:7]", "http://[1:2:3:4:5:6:7:8:9]", "http://[12345::]", "http://[::1::]", "http://[1::2%25]", "http://[:1]", "http://[1:]", "http://[::1.2.3]", "http://[1:2:3:4:5:6:1.2.3.4]", "http://[1:1.2.3.4]", "http://[::1.2.3.4.5]", "http://[::1.2.3.256]", "http://[::01.2.3.4]", "http://[::1.2..4]", "http://[1:2:3:4:5:6:7::]", "http://[1:2:3:4:5:6:7:8::]",
	}
	parts := []string{"http://", "x:", "//", "/", "a", "b.c", ":80", ":", "@", "u:p@", "?", "q=1", "#", "f", "%20", "%zz", "%2F", "[::1]", "[", "]", " ", "é", "\xff", "+", "*", ";", "\"", "."}
	for range 900 {
		list = append(list, mix(parts, 7))
	}
	var t table
	for _, s := range list {
		u, err := url.Parse(s)
		if err != nil {
			t.add(s, url.QueryEscape(s), errorText(err))
			continue
		}
		t.add(s, url.QueryEscape(s), nil, u.Scheme, u.Opaque, u.User.String(), u.Host, u.Hostname(), u.Path, u.RawQuery, u.Fragment, u.String())
	}
	t.write("url")

	var j table
	fields := []string{"", "", "a", "http", "h.x:80", "/p/q", "p:q", "é b", "a=b&c", "u:p", "%41", "//x", "*", "\xff"}
	for range 700 {
		u := url.URL{Scheme: pick(fields), Host: pick(fields), Path: pick(fields), RawQuery: pick(fields), Opaque: pick([]string{"", "", "", "op"}), Fragment: pick(fields)}
		j.add(u.Scheme, u.Host, u.Path, u.RawQuery, u.Opaque, u.Fragment, u.String())
	}
	j.write("url_join")
}
