//! Tests over the server and the suite; see the files beside this one.
