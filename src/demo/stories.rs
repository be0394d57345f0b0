//! The notices of the demo's past, and what customers and staff did with them.

use super::cast::{CORVID, GREYLINE, HOLT, LINDQVIST, LUMINA, PEMBERLY};

/// What the customer and staff do with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Removed after so many hours.
    Removed(i64),
    /// No answer at all.
    Silence,
    /// No answer; staff disable access a day after the deadline.
    SilenceDisabled,
    /// Disputed after so many hours; with `true` staff close it without action a day later.
    Disputed(i64, bool),
    /// Said to be settled after so many hours; with `true` staff close it as resolved.
    Resolved(i64, bool),
    /// More time asked for after so many hours.
    MoreTime(i64),
    /// Not theirs, after so many hours.
    NotMine(i64),
}

/// One notice of the demo's past.
pub struct Story {
    /// How long ago it was received.
    pub hours_ago: i64,
    pub sender: usize,
    pub urls: &'static [&'static str],
    pub then: Then,
    /// Left out of the notice: `signature` or `work`.
    pub lacks: &'static str,
}

const fn story(hours_ago: i64, sender: usize, urls: &'static [&'static str], then: Then) -> Story {
    Story { hours_ago, sender, urls, then, lacks: "" }
}

const DAY: i64 = 24;

/// The past, in no particular order.
pub const STORIES: &[Story] = &[
    // Brackenridge Media: over the threshold of its segment, mostly silent, nobody has decided.
    story(290 * DAY, LUMINA, &["https://vps-0417.brackenridge.example/films/glass-harbor-1080p"], Then::Removed(20)),
    story(170 * DAY, LUMINA, &["https://vps-0417.brackenridge.example/films/glass-harbor-4k"], Then::SilenceDisabled),
    story(140 * DAY, CORVID, &["https://media.brackenridge.example/music/low-tide-radio.zip"], Then::Removed(40)),
    story(110 * DAY, LUMINA, &["https://vps-0417.brackenridge.example/films/glass-harbor-cam"], Then::SilenceDisabled),
    story(75 * DAY, PEMBERLY, &["https://media.brackenridge.example/books/field-guide.pdf"], Then::SilenceDisabled),
    story(40 * DAY, LUMINA, &["https://vps-0417.brackenridge.example/films/glass-harbor-extras"], Then::Silence),
    story(
        9 * DAY,
        LUMINA,
        &["http://198.51.100.73:8081/get/glass-harbor", "https://vps-0417.brackenridge.example/films/glass-harbor-hdr"],
        Then::Silence,
    ),
    // Kitestring Media: three strikes, a suspension waits for the second person.
    story(150 * DAY, CORVID, &["https://kitestring-media.example/mp3/low-tide-01.mp3"], Then::Removed(30)),
    story(90 * DAY, CORVID, &["https://files.kitestring-media.example/mp3/low-tide-04.mp3"], Then::SilenceDisabled),
    story(30 * DAY, PEMBERLY, &["https://kitestring-media.example/pdf/salt-marshes.pdf"], Then::Removed(44)),
    story(
        12 * DAY,
        CORVID,
        &[
            "https://kitestring-media.example/mp3/low-tide-07.mp3",
            "https://kitestring-media.example/mp3/low-tide-08.mp3",
        ],
        Then::SilenceDisabled,
    ),
    // Tinplate Radio: reaches its threshold a few hours ago.
    story(120 * DAY, CORVID, &["https://tinplate-radio.example/archive/2025-11.mp3"], Then::Removed(10)),
    story(50 * DAY, CORVID, &["https://www.tinplate-radio.example/shows/low-tide"], Then::Removed(25)),
    story(
        53,
        CORVID,
        &["https://tinplate-radio.example/shows/larks-live", "https://tinplate-radio.example/shows/larks-live.mp3"],
        Then::Silence,
    ),
    // Dropshelf: suspended by two people.
    story(200 * DAY, PEMBERLY, &["https://dropshelf.example/d/field-guide"], Then::SilenceDisabled),
    story(160 * DAY, PEMBERLY, &["https://eu.dropshelf.example/d/field-guide-2"], Then::SilenceDisabled),
    story(130 * DAY, LUMINA, &["https://dropshelf.example/d/glass-harbor"], Then::SilenceDisabled),
    // Fenwick Labs: one strike, and one that waits.
    story(60 * DAY, LUMINA, &["https://mirror.fenwick-labs.example/iso/glass-harbor.iso"], Then::Removed(6)),
    story(
        8,
        CORVID,
        &[
            "https://mirror.fenwick-labs.example/pub/low-tide.tar",
            "https://mirror.fenwick-labs.example/pub/low-tide.tar.sig",
        ],
        Then::Silence,
    ),
    // Streamvault: a downstream provider with many cases.
    story(
        100 * DAY,
        LUMINA,
        &["https://c17.streamvault.example/v/8812", "https://c22.streamvault.example/v/1093"],
        Then::Removed(50),
    ),
    story(70 * DAY, CORVID, &["https://c03.streamvault.example/a/551"], Then::Removed(33)),
    story(45 * DAY, LUMINA, &["https://c17.streamvault.example/v/9021"], Then::NotMine(12)),
    story(
        26,
        LUMINA,
        &[
            "https://c40.streamvault.example/v/9944",
            "https://c41.streamvault.example/v/9945",
            "https://c42.streamvault.example/v/9946",
        ],
        Then::Silence,
    ),
    // One notice, two customers, two other networks.
    story(
        20,
        HOLT,
        &[
            "https://alder-photo.example/galleries/coast/heron-at-dawn.jpg",
            "https://alder-photo.example/galleries/coast/heron-at-dawn-large.jpg",
            "https://alder-photo.example/blog/a-week-on-the-coast",
            "https://brightmoor.example/wallpapers/heron-4k.zip",
            "https://cdn.brightmoor.example/thumb/heron-320.webp",
            "https://pinfinder.example/p/99812044",
            "https://img.otherhost.example/u/heron.jpg",
        ],
        Then::Silence,
    ),
    story(220 * DAY, HOLT, &["https://alder-photo.example/old/heron.jpg"], Then::Removed(5)),
    // Disputes, settlements, more time.
    story(36, LINDQVIST, &["https://patternvault.example/patterns/winter-glazes"], Then::Disputed(9, false)),
    story(80 * DAY, LINDQVIST, &["https://patternvault.example/patterns/spring-glazes"], Then::Disputed(20, true)),
    story(33 * DAY, HOLT, &["https://sundial-cafe.example/menu/heron.jpg"], Then::Resolved(15, true)),
    story(30, HOLT, &["https://sundial-cafe.example/walls/heron-print"], Then::Resolved(11, false)),
    story(44, PEMBERLY, &["https://pages.northwind.example/~kim/books/field-guide.html"], Then::MoreTime(30)),
    story(15 * DAY, PEMBERLY, &["https://pages.northwind.example/~lee/scan.pdf"], Then::Removed(2)),
    // A whole site: a person decides whether it is forwarded.
    story(5, GREYLINE, &["https://library.oakhurst-edu.example/"], Then::Silence),
    // Counter-notices: one runs, one ran its course. What follows them stands in `disputes.rs`.
    story(14 * DAY, HOLT, &["https://brightmoor.example/wallpapers/marsh-4k.zip"], Then::SilenceDisabled),
    story(60 * DAY, LINDQVIST, &["https://patternvault.example/patterns/harvest"], Then::SilenceDisabled),
    // Withdrawn later; and one that says again what is in hand.
    story(25 * DAY, HOLT, &["https://sundial-cafe.example/posts/coast"], Then::Removed(10)),
    story(
        10,
        LUMINA,
        &["https://c40.streamvault.example/v/9944", "https://c41.streamvault.example/v/9945"],
        Then::Silence,
    ),
    // Greyline: many that lack something, and many about other hosts.
    story(22 * DAY, GREYLINE, &["https://tv0.elsewhere.example/northern-lines"], Then::Silence),
    story(64 * DAY, GREYLINE, &["https://tv1.elsewhere.example/northern-lines"], Then::Silence),
    story(92 * DAY, GREYLINE, &["https://tv2.elsewhere.example/northern-lines"], Then::Silence),
    story(120 * DAY, GREYLINE, &["https://tv3.elsewhere.example/northern-lines"], Then::Silence),
    Story {
        hours_ago: 14 * DAY,
        sender: GREYLINE,
        urls: &["https://c50.streamvault.example/tv/50"],
        then: Then::Silence,
        lacks: "signature",
    },
    Story {
        hours_ago: 34 * DAY,
        sender: GREYLINE,
        urls: &["https://c51.streamvault.example/tv/51"],
        then: Then::Silence,
        lacks: "signature",
    },
    Story {
        hours_ago: 55 * DAY,
        sender: GREYLINE,
        urls: &["https://c52.streamvault.example/tv/52"],
        then: Then::Silence,
        lacks: "work",
    },
    Story {
        hours_ago: 88 * DAY,
        sender: GREYLINE,
        urls: &["https://c53.streamvault.example/tv/53"],
        then: Then::Silence,
        lacks: "signature",
    },
    Story {
        hours_ago: 101 * DAY,
        sender: GREYLINE,
        urls: &["https://c54.streamvault.example/tv/54"],
        then: Then::Silence,
        lacks: "signature",
    },
    Story {
        hours_ago: 131 * DAY,
        sender: GREYLINE,
        urls: &["https://c55.streamvault.example/tv/55"],
        then: Then::Silence,
        lacks: "signature",
    },
    // Not hosted here; something missing; not a notice.
    story(3 * DAY, LUMINA, &["https://films.elsewhere.example/glass-harbor"], Then::Silence),
    Story {
        hours_ago: 28,
        sender: GREYLINE,
        urls: &["https://c09.streamvault.example/tv/northern-lines"],
        then: Then::Silence,
        lacks: "signature",
    },
    Story {
        hours_ago: 60 * DAY,
        sender: GREYLINE,
        urls: &["https://dropshelf.example/tv/1"],
        then: Then::Silence,
        lacks: "work",
    },
];
