@_exported public import DemetraTypes
@_exported public import DemetraVectors

// The vocabulary that apps, servers and the command line speak: values, types and errors, and the
// batches that answers consist of.
@_exported public import enum DemetraCatalog.AlertSeverity
