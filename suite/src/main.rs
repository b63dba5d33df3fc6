//! The binary: hands the command line to the library and ends with its code.

fn main() -> std::process::ExitCode {
    ropg_suite::command::main()
}
