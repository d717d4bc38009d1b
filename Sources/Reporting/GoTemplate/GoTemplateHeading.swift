/// Headings of fields in a table template: `.ApparentBytes` gives `APPARENT BYTES`, `.ImageID` gives `IMAGE ID`.
enum GoTemplateHeading {
    static func heading(_ field: String) -> String {
        var words = ""
        var previous: Character?
        for character in field {
            if character == "_" {
                words += " "
            } else {
                if character.isUppercase, let previous, previous.isLowercase { words += " " }
                words += character.uppercased()
            }
            previous = character
        }
        return words
    }
}
