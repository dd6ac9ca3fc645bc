package import DemetraTypes

extension ParameterType {
    /// The type as the catalog has it.
    fileprivate var catalogType: CatalogType? {
        switch self {
        case .type(let type): CatalogType.of(type)
        case .any: CatalogType.named("any")
        case .anyElement, .arrayElement: CatalogType.named("anyelement")
        case .anyArray: CatalogType.named("anyarray")
        }
    }
}

extension Signature {
    /// The types of the arguments as `pg_proc` has them; nil when there is one that the catalog does not know.
    package var catalogArguments: [CatalogType]? {
        let types = parameters.map(\.catalogType)
        let known = types.compactMap { $0 }
        return known.count == types.count ? known : nil
    }

    /// The type of what any number of further arguments are; nil for none.
    package var catalogVariadic: CatalogType? { variadic?.catalogType }

    /// The type of the result as `pg_proc` has it.
    package var catalogResult: CatalogType? {
        if case .argument(let index) = result, parameters.indices.contains(index) {
            return parameters[index].catalogType
        }
        switch sampledResult {
        case .uuid: return CatalogType.named("anyelement")
        case .array(.uuid): return CatalogType.named("anyarray")
        case let type: return CatalogType.of(type)
        }
    }
}
