//! Amounts: what is read in any unit is within bounds, prints and reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pension_audit::domain::Fen;

fuzz_target!(|bytes: &[u8]| {
    let cell = String::from_utf8_lossy(bytes);
    for decimals in [0, 2, 6] {
        let Ok(fen) = Fen::parse_scaled(&cell, decimals) else { continue };
        assert!(fen.0.abs() <= Fen::MAX_CELL.0);
        assert_eq!(Fen::parse_yuan(&fen.yuan()), Ok(fen));
        assert_eq!(Fen::parse_scaled(&fen.0.to_string(), 0), Ok(fen));
        // Blanks around an amount say nothing.
        assert_eq!(Fen::parse_scaled(&format!(" {cell} "), decimals), Ok(fen));
        assert!(!fen.capital().is_empty());
    }
});
