package importer

// ReadBytes is Read for a text that is no file yet.
var ReadBytes = read
