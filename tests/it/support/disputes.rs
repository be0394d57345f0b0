use super::{Page, TestSite};

/// The fields of a counter-notice that lacks nothing, but for the addresses.
pub fn counter_form() -> Vec<(&'static str, &'static str)> {
    vec![
        ("why", "Both files are my own photographs."),
        ("cn-name", "Idris Moor"),
        ("cn-addr", "88 Tamarack Avenue"),
        ("cn-city", "Duluth"),
        ("cn-zip", "MN 55802"),
        ("cn-country", "USA"),
        ("cn-tel", "+1 218 555 0164"),
        ("cn-perjury", "yes"),
        ("j", "j-us"),
        ("cn-service", "yes"),
        ("cn-sig", "Idris Moor"),
    ]
}

/// The boxes of the addresses on a page of a counter-notice.
pub fn boxes(page: &Page) -> Vec<String> {
    page.body.split("name=\"urls[]\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The fields of a court action that lacks nothing.
pub const COURT: [(&str, &str); 5] = [
    ("kind", "court"),
    ("court", "U.S. District Court, District of Maine"),
    ("docket", "2:26-cv-00412"),
    ("filed", "2026-03-01"),
    ("filed-ok", "yes"),
];

impl TestSite {
    /// Staff disable all addresses of a case.
    pub fn disable(&self, case: &str) {
        let agent = self.staff("agent");
        let path = format!("/staff/cases/{case}/disable");
        let done = agent.post_with_seal(&agent.get(&path), &path, &[("why", "No answer by the deadline.")]);
        assert_eq!(done.status, 303, "{}", done.text());
        self.run_due();
    }

    /// Staff enter a counter-notice for all disabled addresses of a case; returns its number.
    pub fn counter_notice(&self, case: &str) -> i64 {
        let agent = self.staff("agent");
        let path = format!("/staff/cases/{case}/counter-notice");
        let page = agent.get(&path);
        let mut form = counter_form();
        let urls = boxes(&page);
        form.extend(urls.iter().map(|id| ("urls[]", id.as_str())));
        let today = page.input("received");
        form.push(("received", &today));
        let done = agent.post_with_seal(&page, &path, &form);
        assert_eq!(done.status, 303, "{}", done.text());
        self.run_due();
        let page = agent.get(&format!("/staff/cases/{case}"));
        page.link(&format!("/staff/cases/{case}/court-action/")).rsplit('/').next().unwrap().parse().unwrap()
    }

    /// Staff record a court action about a counter-notice.
    pub fn sue(&self, case: &str, counter: i64) {
        let agent = self.staff("agent");
        let path = format!("/staff/cases/{case}/court-action/{counter}");
        let page = agent.get(&path);
        let today = page.input("received");
        let mut form = COURT.to_vec();
        form.push(("received", &today));
        let done = agent.post_with_seal(&page, &path, &form);
        assert_eq!(done.status, 303, "{}", done.text());
        self.run_due();
    }
}
