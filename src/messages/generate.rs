//! What the generator of sample projects says.
