//! Servers that know nothing of the flow and answer every request alike. None of them may pass a whole case: a case
//! that one passes proves nothing.
