//! The people and things of the demo: an invented host, its customers, and those who write to it.
//! Names under `.example` (RFC 2606); addresses of the documentation ranges (RFC 5737, RFC 3849).

/// Settings of the invented host, where the operator has set none.
pub const SETTINGS: &[(&str, &str)] = &[
    ("host.name", "Northwind Hosting"),
    ("host.legal_name", "Northwind Hosting, Inc."),
    ("host.abuse_email", "abuse@northwind.example"),
    ("agent.name", "Dana Whitlock, Copyright Agent"),
    ("agent.address", "410 Harbor Street, Suite 3|Portland, ME 04101|United States"),
    ("agent.phone", "+1 207 555 0142"),
    ("agent.email", "copyright@northwind.example"),
    ("agent.registration", "DMCA-1069417"),
    ("agent.registered_on", "4 February 2025"),
    ("mail.from", "copyright@northwind.example"),
    ("inbound.reply_address", "copyright@northwind.example"),
    ("inbound.authserv_id", "mx.northwind.example"),
];

/// Staff: address, name, role.
pub const STAFF: &[(&str, &str, &str)] = &[
    ("ines@northwind.example", "Ines Okafor", "agent"),
    ("dana@northwind.example", "Dana Whitlock", "lead"),
    ("vera@northwind.example", "Vera Lindholm", "viewer"),
    ("tomas@northwind.example", "Tomás Reyes", "admin"),
];

/// Password of all of them.
pub const PASSWORD: &str = "northwind-demo";

/// A customer of the demo.
pub struct Account {
    pub number: &'static str,
    pub name: &'static str,
    pub segment: &'static str,
    /// Role, name, address.
    pub contacts: &'static [(&'static str, &'static str, &'static str)],
    pub assets: &'static [&'static str],
}

/// The customers.
pub const ACCOUNTS: &[Account] = &[
    Account {
        number: "NW-20418",
        name: "Alder Photo Studio",
        segment: "shared",
        contacts: &[("Owner", "Rowan Alder", "owner@alder-photo.example")],
        assets: &["alder-photo.example", "*.alder-photo.example"],
    },
    Account {
        number: "NW-19876",
        name: "Brightmoor Wallpapers",
        segment: "vps",
        contacts: &[("Owner", "Idris Moor", "idris@brightmoor.example")],
        assets: &["brightmoor.example", "cdn.brightmoor.example", "198.51.100.41"],
    },
    Account {
        number: "NW-20977",
        name: "Brackenridge Media",
        segment: "vps",
        contacts: &[
            ("Owner", "Piers Bracken", "piers@brackenridge.example"),
            ("Abuse contact", "", "abuse@brackenridge.example"),
        ],
        assets: &["vps-0417.brackenridge.example", "media.brackenridge.example", "198.51.100.73", "2001:db8:40:17::73"],
    },
    Account {
        number: "NW-15540",
        name: "Streamvault",
        segment: "reseller",
        contacts: &[("Network operations", "Streamvault NOC", "noc@streamvault.example")],
        assets: &["*.streamvault.example", "203.0.113.0/26", "2001:db8:5a::/48"],
    },
    Account {
        number: "NW-18112",
        name: "Tinplate Radio",
        segment: "shared",
        contacts: &[("Owner", "Jo Tin", "ops@tinplate-radio.example")],
        assets: &["tinplate-radio.example", "www.tinplate-radio.example"],
    },
    Account {
        number: "NW-17340",
        name: "Pattern Vault",
        segment: "shared",
        contacts: &[("Owner", "Mika Sorel", "mika@patternvault.example")],
        assets: &["patternvault.example"],
    },
    Account {
        number: "NW-20102",
        name: "Fenwick Labs",
        segment: "dedicated",
        contacts: &[("Network operations", "Fenwick NOC", "noc@fenwick-labs.example")],
        assets: &["mirror.fenwick-labs.example", "192.0.2.128/28"],
    },
    Account {
        number: "NW-11209",
        name: "Oakhurst College",
        segment: "dedicated",
        contacts: &[("Copyright officer", "Library of Oakhurst", "copyright@oakhurst-edu.example")],
        assets: &["*.oakhurst-edu.example", "oakhurst-edu.example", "192.0.2.0/26"],
    },
    Account {
        number: "NW-19233",
        name: "Sundial Café",
        segment: "shared",
        contacts: &[("Owner", "Ada Sund", "hello@sundial-cafe.example")],
        assets: &["sundial-cafe.example"],
    },
    Account {
        number: "NW-17091",
        name: "Kitestring Media",
        segment: "shared",
        contacts: &[("Owner", "Lou Kite", "lou@kitestring-media.example")],
        assets: &["kitestring-media.example", "files.kitestring-media.example"],
    },
    Account {
        number: "NW-16618",
        name: "Dropshelf",
        segment: "vps",
        contacts: &[("Owner", "Sam Reed", "sam@dropshelf.example")],
        assets: &["dropshelf.example", "*.dropshelf.example"],
    },
    Account {
        number: "NW-20501",
        name: "Kim Aldous",
        segment: "shared",
        contacts: &[("Owner", "Kim Aldous", "kim@mailbox.example")],
        assets: &["pages.northwind.example/~kim/"],
    },
    Account {
        number: "NW-20502",
        name: "Lee Baines",
        segment: "shared",
        contacts: &[("Owner", "Lee Baines", "lee@mailbox.example")],
        assets: &["pages.northwind.example/~lee/"],
    },
];

/// Address that refuses letters in the demo.
pub const REFUSING: &str = "abuse@brackenridge.example";

/// A sender of the demo: name, organization, mail, owner, agent.
pub struct Sender {
    pub name: &'static str,
    pub organization: &'static str,
    pub email: &'static str,
    /// Empty: owns the right.
    pub acts_for: &'static str,
    /// Title and description of the work.
    pub work: (&'static str, &'static str),
}

/// Index of a sender in [`SENDERS`].
pub const HOLT: usize = 0;
pub const CORVID: usize = 1;
pub const LUMINA: usize = 2;
pub const PEMBERLY: usize = 3;
pub const LINDQVIST: usize = 4;
pub const GREYLINE: usize = 5;

/// The senders.
pub const SENDERS: &[Sender] = &[
    Sender {
        name: "Joel Finch",
        organization: "Holt & Finch Picture Library",
        email: "rights@holtfinch.example",
        acts_for: "Maren Holt",
        work: ("Heron at Dawn", "Color photograph, first published 2019. Grey heron on a jetty in low sun."),
    },
    Sender {
        name: "Nadia Crane",
        organization: "Corvid Music Rights",
        email: "notices@corvid-music.example",
        acts_for: "The Tin Larks",
        work: ("Low Tide Radio", "Sound recording, 2022, eleven tracks."),
    },
    Sender {
        name: "Owen Hartley",
        organization: "Lumina Pictures Enforcement",
        email: "enforcement@lumina-pictures.example",
        acts_for: "Lumina Pictures",
        work: ("The Glass Harbor", "Feature film, 2024, 118 minutes."),
    },
    Sender {
        name: "Ruth Pember",
        organization: "Pemberly House Books",
        email: "rights@pemberly.example",
        acts_for: "",
        work: ("A Field Guide to Salt Marshes", "Illustrated book, second edition 2021."),
    },
    Sender {
        name: "Astrid Lindqvist",
        organization: "",
        email: "astrid@lindqvist-ceramics.example",
        acts_for: "",
        work: ("Winter Glazes", "Pattern sheet for ceramics, 2023."),
    },
    Sender {
        name: "",
        organization: "Greyline Anti-Piracy",
        email: "dmca@greyline.example",
        acts_for: "various",
        work: ("Northern Lines, season 2", "Television series."),
    },
];

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

/// A web address of a customer that a visitor can report.
pub const REPORT_THIS: &str = "https://alder-photo.example/galleries/coast/salt-marsh-01.jpg";
