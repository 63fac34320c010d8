use api::ScheduleRhythm;
use jiff::Timestamp;
use store::tasks::Opening;

use super::{Timing, Unfit, completed};
use crate::schedules::{Hours, Window, minutes, time};

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn utc(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap().to_string()
}

fn hours(window: &str, zone: &str) -> Hours {
    let (from, to) = window.split_once('-').unwrap();
    Hours { from: minutes(from).unwrap(), to: minutes(to).unwrap(), zone: zone.to_owned() }
}

fn days(every: i64, at: &str, first: &str) -> ScheduleRhythm {
    ScheduleRhythm::Days { every, at: Some(at.to_owned()), first: Some(first.to_owned()) }
}

fn cron(expression: &str) -> ScheduleRhythm {
    ScheduleRhythm::Cron { expression: expression.to_owned() }
}

/// The next times after one, each after the one before.
fn times(rhythm: &ScheduleRhythm, hours: &Hours, after: &str, count: usize) -> Vec<String> {
    let timing = Timing::new(rhythm, hours).unwrap();
    let mut times = Vec::new();
    let mut now = at(after);
    let mut found = timing.next(now);
    while let Some(next) = found.filter(|_| times.len() < count) {
        assert!(next > now, "{} is not after {}", utc(next), utc(now));
        assert!(timing.window.is_open(next), "{} is outside of the window", utc(next));
        times.push(utc(next));
        now = next;
        found = timing.after(now);
    }
    times
}

#[test]
fn days_are_counted_from_the_first_whatever_the_distance() {
    let night = hours("00:00-07:00", "UTC");
    let cases: [(i64, &str, [&str; 3]); 8] = [
        (1, "2026-11-22T01:59:59Z", ["2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z"]),
        (1, "2026-11-22T02:00:00Z", ["2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"]),
        (3, "2026-11-22T12:00:00Z", ["2026-11-25T02:00:00Z", "2026-11-28T02:00:00Z", "2026-12-01T02:00:00Z"]),
        (7, "2026-12-28T02:00:00Z", ["2027-01-03T02:00:00Z", "2027-01-10T02:00:00Z", "2027-01-17T02:00:00Z"]),
        (
            14,
            "2026-11-22T02:00:00Z",
            ["2026-12-06T02:00:00Z", "2026-12-20T02:00:00Z", "2027-01-03T02:00:00Z"],
        ),
        (
            15,
            "2026-11-22T02:00:00Z",
            ["2026-12-07T02:00:00Z", "2026-12-22T02:00:00Z", "2027-01-06T02:00:00Z"],
        ),
        (
            30,
            "2026-11-22T02:00:00Z",
            ["2026-12-22T02:00:00Z", "2027-01-21T02:00:00Z", "2027-02-20T02:00:00Z"],
        ),
        // Nothing is due before the first day.
        (
            30,
            "2020-01-01T00:00:00Z",
            ["2026-11-22T02:00:00Z", "2026-12-22T02:00:00Z", "2027-01-21T02:00:00Z"],
        ),
    ];
    for (every, after, expected) in cases {
        assert_eq!(times(&days(every, "02:00", "2026-11-22"), &night, after, 3), expected, "{every} {after}");
    }
    let leap = ["2028-02-28T02:00:00Z", "2028-02-29T02:00:00Z", "2028-03-01T02:00:00Z"];
    assert_eq!(times(&days(1, "02:00", "2026-11-22"), &night, "2028-02-27T12:00:00Z", 3), leap);
}

#[test]
fn what_was_missed_is_not_counted_up() {
    // Three nights passed: the next time is one, and on the days on which it would have been anyway.
    let timing = Timing::new(&days(3, "02:00", "2026-11-22"), &hours("00:00-07:00", "UTC")).unwrap();
    assert_eq!(utc(timing.next(at("2026-12-02T04:00:00Z")).unwrap()), "2026-12-04T02:00:00Z");
}

#[test]
fn times_are_those_of_the_zone_also_when_clocks_are_set() {
    let cases: [(&str, &str, &str, &str, [&str; 3]); 6] = [
        // Berlin: forward on 29 March, 02:30 is shown by no clock; it begins half an hour after the jump.
        (
            "Europe/Berlin",
            "00:00-07:00",
            "02:30",
            "2026-03-28T12:00:00Z",
            ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"],
        ),
        // Back on 25 October: 02:30 is shown twice, and it begins once.
        (
            "Europe/Berlin",
            "00:00-07:00",
            "02:30",
            "2026-10-24T12:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"],
        ),
        // The hours are those that no clock shows: it begins when they open the day after, once.
        (
            "Europe/Berlin",
            "02:00-03:00",
            "02:30",
            "2026-03-28T12:00:00Z",
            ["2026-03-30T00:00:00Z", "2026-03-31T00:30:00Z", "2026-04-01T00:30:00Z"],
        ),
        (
            "Asia/Shanghai",
            "00:00-07:00",
            "02:30",
            "2026-03-28T12:00:00Z",
            ["2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z", "2026-03-30T18:30:00Z"],
        ),
        (
            "America/New_York",
            "22:00-04:00",
            "23:15",
            "2026-10-31T12:00:00Z",
            ["2026-11-01T03:15:00Z", "2026-11-02T04:15:00Z", "2026-11-03T04:15:00Z"],
        ),
        // Half an hour is set there.
        (
            "Australia/Lord_Howe",
            "00:00-07:00",
            "02:15",
            "2026-10-03T00:00:00Z",
            ["2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z", "2026-10-05T15:15:00Z"],
        ),
    ];
    for (zone, window, time, after, expected) in cases {
        let rhythm = days(1, time, "2026-01-01");
        assert_eq!(times(&rhythm, &hours(window, zone), after, 3), expected, "{zone} {time} {window}");
    }
}

#[test]
fn expressions_count_within_the_window_only() {
    let cases: [(&str, &str, &str, &str, &[&str]); 8] = [
        (
            "0 * * * *",
            "UTC",
            "00:00-03:00",
            "2026-11-22T01:30:00Z",
            &["2026-11-22T02:00:00Z", "2026-11-23T00:00:00Z"],
        ),
        (
            "30 22,2 * * *",
            "UTC",
            "22:00-03:00",
            "2026-11-22T12:00:00Z",
            &["2026-11-22T22:30:00Z", "2026-11-23T02:30:00Z", "2026-11-23T22:30:00Z"],
        ),
        (
            "30 2 * * MON-FRI",
            "Europe/Berlin",
            "00:00-07:00",
            "2026-11-20T12:00:00Z",
            &["2026-11-23T01:30:00Z", "2026-11-24T01:30:00Z"],
        ),
        (
            "15 3 29 2 *",
            "Asia/Shanghai",
            "00:00-07:00",
            "2026-11-22T00:00:00Z",
            &["2028-02-28T19:15:00Z", "2032-02-28T19:15:00Z"],
        ),
        // Shown by no clock: at the jump, once.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "00:00-07:00",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
        ),
        // Shown twice: once.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "00:00-07:00",
            "2026-10-24T12:00:00Z",
            &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        ("0 12 * * *", "UTC", "00:00-07:00", "2026-11-22T00:00:00Z", &[]),
        ("0 0 30 2 *", "UTC", "00:00-00:00", "2026-11-22T00:00:00Z", &[]),
    ];
    for (expression, zone, window, after, expected) in cases {
        let found = times(&cron(expression), &hours(window, zone), after, expected.len().max(1));
        assert_eq!(found, expected, "{expression} {zone} {window}");
    }
}

#[test]
fn a_window_opens_and_closes_as_clocks_show() {
    let (open, closed) =
        (|until: &str| Opening::Open(Some(at(until))), |opens: &str| Opening::Closed(at(opens)));
    let cases = [
        ("00:00-07:00", "UTC", "2026-11-22T00:00:00Z", open("2026-11-22T07:00:00Z")),
        ("00:00-07:00", "UTC", "2026-11-22T06:59:59.999Z", open("2026-11-22T07:00:00Z")),
        ("00:00-07:00", "UTC", "2026-11-22T07:00:00Z", closed("2026-11-23T00:00:00Z")),
        ("00:00-07:00", "UTC", "2026-11-22T23:59:59.999Z", closed("2026-11-23T00:00:00Z")),
        ("22:00-06:30", "UTC", "2026-11-22T21:59:59Z", closed("2026-11-22T22:00:00Z")),
        ("22:00-06:30", "UTC", "2026-11-22T23:00:00Z", open("2026-11-23T06:30:00Z")),
        ("22:00-06:30", "UTC", "2026-11-23T03:00:00Z", open("2026-11-23T06:30:00Z")),
        ("22:00-06:30", "Asia/Shanghai", "2026-11-22T14:00:00Z", open("2026-11-22T22:30:00Z")),
        // Six hours on the night in which clocks are set forward, eight when they are set back.
        ("00:00-07:00", "Europe/Berlin", "2026-03-28T23:00:00Z", open("2026-03-29T05:00:00Z")),
        ("00:00-07:00", "Europe/Berlin", "2026-10-24T22:00:00Z", open("2026-10-25T06:00:00Z")),
        // It ends with the jump over its end, and opens again when the same hour comes once more.
        ("00:00-02:30", "Europe/Berlin", "2026-03-29T00:59:00Z", open("2026-03-29T01:00:00Z")),
        ("00:00-02:30", "Europe/Berlin", "2026-10-25T00:15:00Z", open("2026-10-25T00:30:00Z")),
        ("00:00-02:30", "Europe/Berlin", "2026-10-25T00:45:00Z", closed("2026-10-25T01:00:00Z")),
        ("00:00-02:30", "Europe/Berlin", "2026-10-25T01:00:00Z", open("2026-10-25T01:30:00Z")),
        ("02:00-03:00", "Europe/Berlin", "2026-03-28T12:00:00Z", closed("2026-03-30T00:00:00Z")),
        ("09:00-09:00", "UTC", "2026-11-22T08:00:00Z", Opening::Open(None)),
    ];
    for (window, zone, now, expected) in cases {
        let window = Window::try_from(&hours(window, zone)).unwrap();
        assert_eq!(window.opening(at(now)), expected, "{window:?} {now}");
    }
}

#[test]
fn what_was_left_open_is_filled_in() {
    let now = at("2026-11-22T01:00:00Z");
    let open = |at: Option<&str>| ScheduleRhythm::Days { every: 7, at: at.map(str::to_owned), first: None };
    let cases = [
        ("00:00-07:00", "UTC", None, "00:00", "2026-11-23"),
        ("00:00-07:00", "UTC", Some("02:00"), "02:00", "2026-11-22"),
        ("22:00-07:00", "UTC", None, "22:00", "2026-11-22"),
        // It is nine there, on the same day.
        ("08:00-10:00", "Asia/Shanghai", None, "08:00", "2026-11-23"),
        ("08:00-10:00", "Asia/Shanghai", Some("09:30"), "09:30", "2026-11-22"),
    ];
    for (window, zone, given, expected, first) in cases {
        let whole = completed(open(given), &hours(window, zone), now).unwrap();
        assert_eq!(whole, days(7, expected, first), "{window} {zone}");
        let next = Timing::new(&whole, &hours(window, zone)).unwrap().next(now).unwrap();
        assert!(next > now && next <= now + 24 * 3_600_000, "the first time is not a week away");
    }
    let outside = completed(open(Some("12:00")), &hours("00:00-07:00", "UTC"), now);
    assert_eq!(outside.unwrap_err(), Unfit::Outside("12:00".to_owned()));
}

#[test]
fn rejects_what_is_no_time_day_zone_distance_or_expression() {
    for text in ["", "7:00", "24:00", "00:60", "00:000", "aa:bb", "+1:00", "00-00", "٠٠:٠٠"] {
        assert_eq!(minutes(text), Err(Unfit::Time(text.to_owned())));
    }
    assert_eq!((minutes("00:00"), minutes("23:59"), time(1439)), (Ok(0), Ok(1439), "23:59".to_owned()));
    let night = hours("00:00-07:00", "UTC");
    for day in ["", "2026-02-29", "2026-2-01", "20260201", "1969-12-31", "2026-01-01T00:00"] {
        let unfit = Timing::new(&days(1, "02:00", day), &night).unwrap_err();
        assert_eq!(unfit, Unfit::Day(day.to_owned()));
    }
    for zone in ["", "Berlin", "../etc/passwd", "Europe/Berlin ", "UTC+1"] {
        let unfit =
            Timing::new(&cron("0 0 * * *"), &Hours { from: 0, to: 60, zone: zone.to_owned() }).unwrap_err();
        assert_eq!(unfit, Unfit::Zone(zone.to_owned()));
    }
    for every in [i64::MIN, -1, 0, 2, 31, i64::MAX] {
        let unfit = Timing::new(&days(every, "02:00", "2026-01-01"), &night).unwrap_err();
        assert_eq!(unfit, Unfit::Distance(every));
    }
    for expression in [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "0 0 32 * *",
        "a b c d e",
        "0 0 * * 9",
        "\u{130} * * * *",
    ] {
        let unfit = Timing::new(&cron(expression), &night).unwrap_err();
        assert_eq!(unfit, Unfit::Expression(expression.to_owned()));
    }
}

/// Whatever is written, nothing panics and nothing takes long.
#[test]
fn no_expression_takes_long_or_ends_the_program() {
    let words = [
        "*",
        "*/5",
        "0",
        "7",
        "1-5",
        "31",
        "29",
        "59",
        "L",
        "15W",
        "W",
        "LW",
        "5#5",
        "5L",
        "SUN-TUE",
        "FEB",
        "?",
        "+1",
        "+MON",
        "-",
        "/",
        "#",
        "5-1",
        "0/0",
        "*/0",
        "*/65535",
        "1-99999999999999999999",
        "SUN#",
        "@daily",
        "@",
        "#+",
        "é",
        "1,,2",
    ];
    let always = hours("00:00-00:00", "Europe/Berlin");
    let night = hours("03:00-03:01", "Europe/Berlin");
    let mut longest = std::time::Duration::ZERO;
    let mut state: u64 = 7;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Every other one is something that most fields take.
        let few = if state >> 63 == 0 { 4 } else { words.len() };
        words[usize::try_from(state >> 33).unwrap() % few]
    };
    let mut understood = 0_u32;
    for _ in 0..3_000 {
        let expression = [word(), word(), word(), word(), word()].join(" ");
        for hours in [&always, &night] {
            let Ok(timing) = Timing::new(&cron(&expression), hours) else { continue };
            understood += 1;
            let begun = std::time::Instant::now();
            timing.next(at("2026-11-22T00:00:00Z"));
            longest = longest.max(begun.elapsed());
        }
    }
    assert!(understood > 100, "{understood}");
    assert!(longest.as_secs() < 5, "{longest:?}");
}
