package main

import (
	"fmt"
	"os"

	"github.com/Masterminds/semver/v3"
)

// The library is taken by its module version: run this once for each with
// go mod edit -replace github.com/Masterminds/semver/v3=github.com/Masterminds/semver/v3@v3.3.0, and SEMVER=3.3 in the environment.
func init() { recorders["semver"] = recordSemver }

func recordSemver() {
	name := os.Getenv("SEMVER")
	if name == "" {
		name = "3.4"
	}
	versionParts := []string{"v", "V", "1", "2", "0", "10", "01", ".", ".", ".", "-", "+", "alpha", "beta.1", "rc", "0", "-0", "x", "*", " ", "18446744073709551616", "é", "1.2", "1.2.3", "0.0.1", "..", "-01", "+01", "\xff"}
	versions := []string{"", "1", "1.2", "1.2.3", "v1.2.3", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3+meta", "1.2.3-a+b.c", "0.0.0", "0.1.0", "0.0.3", "1.19.0-gke.100", "v1.21+", "1.33.4-gke.100", "2.0.0-0", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-01", "1.2.3-00a", "1.2.3-", "1.2.3+", "18446744073709551615.0.0", "1.2.3-alpha..1"}
	for range 250 {
		versions = append(versions, mix(versionParts, 5))
	}
	var v table
	for _, s := range versions {
		row := []any{s}
		if got, err := semver.NewVersion(s); err != nil {
			row = append(row, nil, errorText(err))
		} else {
			p, m, j := got.IncPatch(), got.IncMinor(), got.Major()
			if j != 1<<64-1 {
				n := got.IncMajor()
				row = append(row, []any{got.String(), p.Original(), m.Original(), n.Original(), fmt.Sprint(got.Major(), " ", got.Minor(), " ", got.Patch()), got.Prerelease(), got.Metadata(), got.Original()}, nil)
			} else {
				row = append(row, []any{got.String()}, nil)
			}
		}
		got, err := semver.StrictNewVersion(s)
		if err != nil {
			row = append(row, errorText(err))
		} else {
			row = append(row, nil)
			_ = got
		}
		v.add(row...)
	}
	v.write("semver_versions_" + name)

	checked := []string{"0.0.0", "0.0.1", "0.0.2-a", "0.1.0", "0.1.2", "0.2.0", "1.0.0", "1.0.0-alpha", "1.1.0", "1.2.0", "1.2.3", "1.2.3-alpha", "1.2.3-beta.2", "1.2.3-beta.11", "1.2.4", "1.3.0-0", "1.19.4", "1.33.4-gke.100", "2.0.0", "2.0.0-rc1", "2.5.1", "11.0.0", "12.1.0", "1.2.3+meta"}
	var parsed []*semver.Version
	for _, s := range checked {
		parsed = append(parsed, semver.MustParse(s))
	}
	constraints := []string{
		"", " ", "*", "x", "X", "1", "1.2", "1.2.3", "=1.2", "!=1.2", "!=1.2.3", "!=1", ">1", ">11", ">11.1", ">=1.19-0", ">=1.19", "<2", "<=2", "<=2.0", "<=2.0.0", "~1", "~1.2", "~1.2.3", "~0.0.0", "~0", "~>1.2", "^1", "^1.2.3", "^0", "^0.1", "^0.1.2", "^0.0.1", "^0.0", "^x", "^1.x",
		"1.2 - 2.0", "1.2.3 - 2", "1 - 2 || 11", ">=1.0, <2.0", ">=1.0 <2.0", ">=1.0,<2.0", ">=1.0 , <2.0", ">= 1.0", "=>1", "=<1.2", "||", "1 ||", ">1.2.3-alpha", "<1.2.3-beta.3", "!=1.2.3-alpha", "~1.2.3-alpha", "^1.2.3-alpha", "1.2.3-alpha", "1.2.3+meta", "1.2.x-0", "~1.x", "1|2", "v1.2", ">v1", "> = 1", "==1", "1.2.3.4", "abc", "1.2.3 abc", ">=1.0.0-0 <2.0.0", ">=1.0.0 <2.0.0-0", "99999999999999999999", ">1 - 2", "1.01", ">=1.2.3-01", "*-0", "x.1", "*.*.*", "1.*.3", "1.2.X", "\xff", "1 é", "1.2.3-", "^", "> 1 2", "1-2", ">=1,", ",1", "1, ,2",
	}
	parts := []string{">", "<", "=", ">=", "<=", "!=", "~", "^", "1", "2", "0", "1.2", "1.2.3", "0.1", ".x", "*", "-alpha", "-0", " ", " ", ",", " || ", " - ", "v", "+m", "11.0.0"}
	for range 900 {
		constraints = append(constraints, mix(parts, 7))
	}
	for range 500 {
		constraints = append(constraints, pick(parts[:8])+pick([]string{"", " "})+pick([]string{"1", "1.2", "1.2.3", "0.1.2", "0.0.1", "0.1", "1.2.3-alpha", "1.x", "2.0.0-rc1", "1.2-0"})+pick([]string{"", " ", ", ", " || "})+pick(parts[:8])+pick([]string{"2", "1.3", "11.0.0", "0.2.0", "1.2.3-beta.2"}))
	}
	var t table
	for _, s := range constraints {
		c, err := semver.NewConstraint(s)
		if err != nil {
			t.add(s, nil, errorText(err))
			continue
		}
		bits := ""
		for _, v := range parsed {
			if c.Check(v) {
				bits += "1"
			} else {
				bits += "0"
			}
		}
		t.add(s, bits, nil)
	}
	t.write("semver_constraints_" + name)

	if name == "3.4" {
		var order table
		for i, a := range parsed {
			row := []any{checked[i]}
			for _, b := range parsed {
				row = append(row, a.Compare(b))
			}
			order.add(row...)
		}
		order.write("semver_order")
	}
}
