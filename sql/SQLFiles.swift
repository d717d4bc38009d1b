// The SQL files are embedded in the binary; see README.md for the views.
