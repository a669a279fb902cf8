//! ID numbers: what is read prints and reads back; one wrong digit proposes the number that it was.
#![no_main]

use fuzz_support::as_of;
use libfuzzer_sys::fuzz_target;
use pension_audit::domain::{CitizenId, IdReading, mask_id_text, mask_number_text};
use pension_audit::identity::PossibleNumbers;

fuzz_target!(|bytes: &[u8]| {
    let cell = String::from_utf8_lossy(bytes);
    let (as_of, length) = (as_of(), cell.chars().count());
    assert_eq!(mask_id_text(&cell).chars().count(), length);
    assert_eq!(mask_number_text(&cell).chars().count(), length);
    let _ = CitizenId::stated_birth(&cell);
    for possible in PossibleNumbers::of(&cell, as_of).numbers {
        let id = CitizenId::from_key(possible.key).expect("a proposal can be a number");
        assert!(id.birth_date() <= as_of);
    }
    let IdReading::Usable { id, .. } = CitizenId::read(&cell, as_of) else { return };
    assert!(id.birth_date() <= as_of);
    let text = id.text();
    assert_eq!(CitizenId::read(&text, as_of).usable(), Some(id));
    let (at, other) = (length % 17, bytes[0] % 9 + 1);
    let mut wrong = text.into_bytes();
    wrong[at] = b'0' + (wrong[at] - b'0' + other) % 10;
    let wrong = String::from_utf8(wrong).expect("digits");
    assert_eq!(CitizenId::read(&wrong, as_of).usable(), None);
    let numbers = PossibleNumbers::of(&wrong, as_of).numbers;
    assert!(numbers.iter().any(|possible| possible.key == id.key()), "{id} from {wrong}");
    assert!(numbers.is_sorted_by(|one, two| one.key < two.key));
});
