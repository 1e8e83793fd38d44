//! The `jibe` binary: everything it does is in the library, so that tests and editors share it.

fn main() -> std::process::ExitCode {
    jibe::cli::run()
}
