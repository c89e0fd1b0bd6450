package main

import (
	"strconv"
	"time"
	_ "time/tzdata"
)

func init() {
	recorders["time_format"] = recordTimeFormat
	recorders["time_parse"] = recordTimeParse
	recorders["duration"] = recordDuration
}

var layouts = []string{
	time.ANSIC, time.UnixDate, time.RubyDate, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123, time.RFC1123Z, time.RFC3339, time.RFC3339Nano, time.Kitchen, time.Stamp, time.StampMilli, time.StampMicro, time.StampNano, time.DateTime, time.DateOnly,
	"2006-01-02T15:04:05", "20060102150405", "2006-002", "__2", "January 2, 2006", "Jan", "Janet", "Monkey", "Mon Monday", "3:4:5 pm", "03:04:05PM", "06/1/2", "_2006", "_2 _2006", "Z0700 Z07:00 Z07 Z070000 Z07:00:00", "-0700 -07:00 -07 -070000 -07:00:00", "MST",
	"05.000", "05,000", ".999", ",999 x", "05.0001", "5.99", "15h04m", "yyyy-MM-dd", "", "é 2006", "02.01.2006 15:04 MST", "2006 01 02", "006", "1504", "2006-01-02 15:04:05.999999999 -0700 MST",
}

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "Etc/GMT+5", "US/Pacific"}

func recordTimeFormat() {
	seconds := []int64{0, 1, -1, 1709164800, 1711846799, 1711846800, 1729990799, 1729990800, 951782400, 1e9, 4102444800, 32503680000, 253402300799, 253402300800, 1e12, 1e15, -62135596800, -62135596801, -1e11, -1e13, 1704067200, 1735689599}
	for range 40 {
		seconds = append(seconds, random.Int63n(4e9))
	}
	var t table
	for _, s := range seconds {
		for _, name := range zones {
			if s < -1e9 && name != "UTC" || s > 4e9 && random.Intn(3) > 0 {
				continue
			}
			if random.Intn(3) > 0 && name != "UTC" {
				continue
			}
			loc, err := time.LoadLocation(name)
			if err != nil {
				panic(err)
			}
			nano := pickInt(0, 0, 5, 120000000, 999999999, 1000)
			v := time.Unix(s, nano).In(loc)
			year, week := v.ISOWeek()
			row := []any{s, nano, name, v.String(), v.GoString(), v.YearDay(), int(v.Weekday()), year, week}
			texts := []any{}
			for range 6 {
				layout := pick(layouts)
				texts = append(texts, []any{text(layout), text(v.Format(layout))})
			}
			y, m, d := random.Intn(5)-2, random.Intn(30)-15, random.Intn(90)-45
			texts = append(texts, []any{y, m, d, text(v.AddDate(y, m, d).String())})
			row = append(row, texts)
			t.add(row...)
		}
	}
	t.write("time_format")
}

func pickInt(list ...int64) int64 { return list[random.Intn(len(list))] }

func recordTimeParse() {
	var t table
	add := func(layout, value, zone string) {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			panic(err)
		}
		got, err := time.ParseInLocation(layout, value, loc)
		if err != nil {
			t.add(layout, value, zone, nil, errorText(err))
		} else {
			t.add(layout, value, zone, got.String(), nil)
		}
	}
	fixed := [][2]string{
		{"2006-01-02", "2024-02-29"}, {"2006-01-02", "2023-02-29"}, {"2006-01-02", "2024-13-01"}, {"2006-01-02", "2024-1-01"}, {"2006-01-02", "2024-01-32"}, {"2006-01-02", "2024-01-01 x"}, {"2006-01-02", ""}, {"2006-01-02", "24-01-01"}, {"15:04", "24:00"}, {"15:04", "9:5"}, {"3:04PM", "12:30AM"}, {"3:04PM", "12:30PM"}, {"3:04PM", "1:30PM"}, {"3:04PM", "13:30PM"}, {"3:04pm", "1:30pm"}, {"3:04PM", "1:30XX"},
		{"15:04:05", "10:11:12.345"}, {"15:04:05", "10:11:12,345678901234"}, {"15:04:05.000", "10:11:12.345"}, {"15:04:05.000", "10:11:12.34"}, {"15:04:05.999", "10:11:12"}, {"15:04:05.999", "10:11:12.3456789"}, {"15:04:05", "10:11:60"}, {"2006-002", "2024-366"}, {"2006-002", "2023-366"}, {"2006-002", "2024-060"}, {"2006-002", "2023-001"}, {"2006-002 01", "2024-060 03"}, {"2006-002 02", "2024-060 01"}, {"2006__2", "2024  7"},
		{"2006-01-02 MST", "2024-07-01 CEST"}, {"2006-01-02 MST", "2024-07-01 CET"}, {"2006-01-02 MST", "2024-01-01 EST"}, {"2006-01-02 MST", "2024-07-01 EDT"}, {"2006-01-02 MST", "2024-01-01 GMT+3"}, {"2006-01-02 MST", "2024-01-01 GMT-12"}, {"2006-01-02 MST", "2024-01-01 GMT+99"}, {"2006-01-02 MST", "2024-01-01 +03"}, {"2006-01-02 MST", "2024-01-01 UTC"}, {"2006-01-02 MST", "2024-01-01 utc"}, {"2006-01-02 MST", "2024-01-01 ABCDE"}, {"2006-01-02 MST", "2024-01-01 WITA"}, {"2006-01-02 MST", "2024-01-01 ChST"}, {"2006-01-02 MST", "2024-01-01 AB"}, {"2006-01-02 MST", "2024-01-01 IST"},
		{time.RFC3339, "2024-01-01T10:00:00Z"}, {time.RFC3339, "2024-01-01T10:00:00+01:00"}, {time.RFC3339, "2024-07-01T10:00:00+02:00"}, {time.RFC3339, "2024-01-01T10:00:00.123456789-05:30"}, {time.RFC3339, "2024-01-01T10:00:00"}, {time.RFC3339, "2024-01-01 10:00:00Z"}, {time.RFC3339, "2024-01-01T10:00:00+25:00"}, {time.RFC3339, "2024-01-01T10:00:00+24:61"}, {time.RFC3339, "2024-01-01T1:00:00Z"}, {time.RFC3339Nano, "2024-01-01T10:00:00.5Z"}, {"-070000", "+010203"}, {"-07:00:00", "-01:02:03"}, {"-07", "-05"}, {"-07", "x05"}, {"-0700", "+1x00"},
		{time.RFC1123, "Mon, 02 Jan 2006 15:04:05 MST"}, {time.RFC1123, "mon, 02 JAN 2006 15:04:05 MST"}, {time.RFC1123, "Foo, 02 Jan 2006 15:04:05 MST"}, {"January", "MARCH"}, {"January", "Mar"}, {"Jan _2", "Mar  7"}, {"Jan _2", "Mar 17"}, {"2 Jan", "7   Mar"}, {"06", "68"}, {"06", "69"}, {"06", "-1"}, {"é2006", "é2024"}, {"2006", "é024"}, {"2006", "2024\xff"}, {"2006\"", "2024\\"}, {"5.99", "7.5"},
		{"2006-01-02 15:04", "2024-03-31 02:30"}, {"2006-01-02 15:04", "2024-10-27 02:30"}, {"2006-01-02 15:04", "2024-03-10 02:30"}, {"2006-01-02 15:04", "2024-11-03 01:30"}, {"2006-01-02 15:04", "2024-03-31 01:59"}, {"2006-01-02 15:04", "2024-03-31 03:00"},
	}
	for _, pair := range fixed {
		for _, zone := range []string{"UTC", "Europe/Berlin", "America/New_York"} {
			add(pair[0], pair[1], zone)
		}
	}
	for range 700 {
		zone := pick(zones)
		loc, _ := time.LoadLocation(zone)
		v := time.Unix(random.Int63n(4e9), random.Int63n(1e9)).In(loc)
		layout := pick(layouts)
		value := v.Format(pick([]string{layout, layout, layout, pick(layouts)}))
		if value != "" && random.Intn(3) == 0 {
			at := random.Intn(len(value))
			value = value[:at] + pick([]string{"", " ", "x", "9", "-", "Z", "."}) + value[at+random.Intn(2):]
		}
		add(layout, value, zone)
	}
	t.write("time_parse")
}

func recordDuration() {
	list := []string{"", "0", "+0", "-0", "1", "1s", "-1.5h", "1h2m3s4ms5us6ns", "1µs", "1μs", ".5s", "1.s", ".s", "s", "1 s", "1d", "1h ", "1.5.5s", "--1s", "9223372036854775807ns", "9223372036854775808ns", "-9223372036854775808ns", "-9223372036854775809ns", "2562047h47m16.854775807s", "9999999h", "99999999999999999999s", "0.9223372036854775807h", "0.3333333333333333333h", "1e3s", "é", "1\xff", "0.100000000000000000000h", "24h", "720h", "1h60m", "+5m", "5M", "3.3ns", "1ms1", "inf"}
	parts := []string{"1", "2.5", "60", "h", "m", "s", "ms", "us", "ns", "µs", "-", ".", "0", "36", "999999"}
	for range 500 {
		list = append(list, mix(parts, 6))
	}
	var t table
	for _, s := range list {
		d, err := time.ParseDuration(s)
		t.add(s, strconv.FormatInt(int64(d), 10), errorText(err))
	}
	t.write("duration")
	var p table
	round := sprigFuncs["durationRound"].(func(any) string)
	seconds := sprigFuncs["duration"].(func(any) string)
	values := []int64{0, 1, -1, 999, 1000, 1500, 999999, 1000000, 1500000, 999999999, 1e9, 1500000000, 60e9, 3600e9, 3601e9, 86400e9, 86401e9, 30 * 86400e9, 31 * 86400e9, 365 * 86400e9, 366 * 86400e9, 1<<63 - 1, -1 << 63, 95, 3661}
	for range 150 {
		values = append(values, random.Int63()>>uint(random.Intn(60)), -random.Int63()>>uint(random.Intn(60)))
	}
	for _, v := range values {
		m := pickInt(1, 7, 1000, 1e9, 60e9, 3600e9, 0, -5, 1<<62)
		d := time.Duration(v)
		p.add(strconv.FormatInt(v, 10), d.String(), round(v), seconds(v), strconv.FormatInt(m, 10), strconv.FormatInt(int64(d.Round(time.Duration(m))), 10), strconv.FormatInt(int64(d.Truncate(time.Duration(m))), 10))
	}
	p.write("duration_text")
}
