//! Packages on disk: which folder is one, and how its files are written.

use std::path::Path;

use consilience_review::Package;
use consilience_review::package::write_whole;

fn names_in(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    let mut names: Vec<String> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_in_the_place_of_a_folder_is_named_with_the_folder_to_give() {
    let folder = tempfile::tempdir().unwrap();
    let message = |name: &str| {
        let file = folder.path().join(name);
        write_whole(&file, b"[review]\ntitle = \"T\"\n").unwrap();
        let message = Package::read(&file).unwrap_err().to_string();
        message.replace(&folder.path().display().to_string(), "DIR")
    };
    assert_eq!(
        message("review.toml"),
        "DIR/review.toml: found a file, expected the folder of a review; give the folder it is in, `DIR`"
    );
    assert_eq!(
        message("results.csv"),
        "DIR/results.csv: found a file, expected the folder of a review; give the folder that holds `review.toml`"
    );
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let message = Package::read(&folder.path().join("x")).unwrap_err();
    assert_eq!(message.found, "no such folder");
    assert_eq!(Package::read(folder.path()).unwrap_err().place.to_string(), "review.toml");
}

#[test]
fn a_file_is_replaced_whole_whatever_another_build_has_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.svg");
    // What another process is writing at the same time.
    std::fs::create_dir(folder.path().join("a.svg.part")).unwrap();
    write_whole(&file, b"one").unwrap();
    write_whole(&file, b"two").unwrap();
    assert_eq!(fs_err::read(&file).unwrap(), b"two");
    assert_eq!(names_in(folder.path()), ["a.svg", "a.svg.part"]);
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("a.svg");
    std::fs::create_dir(&taken).unwrap();
    assert!(write_whole(&taken, b"one").is_err());
    assert_eq!(names_in(folder.path()), ["a.svg"]);
}
