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
    // Nobody reads the mail of the demo: a notice goes on without its sender.
    ("senders.confirm_first", "false"),
    ("senders.customers_at_once", "100"),
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

/// A web address of a customer that a visitor can report.
pub const REPORT_THIS: &str = "https://alder-photo.example/galleries/coast/salt-marsh-01.jpg";
