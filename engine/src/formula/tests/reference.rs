//! The reference page is what the table of functions says.

use super::*;

#[test]
fn reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/formulas.md");
    let page = FunctionRegistry::reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &page).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == page, "docs/formulas.md is out of date: run the test with UPDATE_DOCS=1");
}
