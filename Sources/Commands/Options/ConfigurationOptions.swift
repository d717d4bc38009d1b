import ArgumentParser

/// Where `layerscope.yml` is.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file. Default: LAYERSCOPE_CONFIG, ./layerscope.yml, then the XDG folder.",
            valueName: "file"),
        completion: .file(extensions: ["yml", "yaml"]))
    var path: String?

    /// Reads the configuration, warning on standard error of what should be changed.
    func load() throws(ConfigurationError) -> Configuration {
        let configuration = try Configuration.load(path: path)
        for warning in configuration.warnings { StandardError.warn(warning) }
        return configuration
    }
}
