import Commands
import Foundation

@main
enum Main {
    static func main() async {
        let status = await CommandLineTool.run(Array(CommandLine.arguments.dropFirst()))
        exit(status)
    }
}
