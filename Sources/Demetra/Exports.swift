@_exported public import DemetraStorage
@_exported public import DemetraTypes
@_exported public import DemetraVectors

// The vocabulary that apps, servers and the command line speak: values, types and errors, the batches that
// answers consist of, and the reports of a check and a salvage.
@_exported public import enum DemetraCatalog.AlertSeverity
