import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the completion script of a shell.",
        discussion: """
            EXAMPLES
              layerscope completion bash > /etc/bash_completion.d/layerscope
              layerscope completion zsh > ~/.zsh/completions/_layerscope
              layerscope completion fish > ~/.config/fish/completions/layerscope.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try StandardOutput.write(Layerscope.completionScript(for: kind) + "\n")
    }
}
