package generator

// Codes of the messages of this package (G82).
const (
	codeNoConnector     = "DG070" // no such connector
	codeNoFile          = "DG071" // a file is not there
	codeInputChanged    = "DG072" // the pinned description was changed
	codeName            = "DG073" // a name that no connector can have
	codeExists          = "DG074" // the connector exists
	codeAuthWord        = "DG075" // an unknown word after --auth
	codeNoSpec          = "DG076" // no description, or no URL
	codeTooLarge        = "DG077" // a description past the limit
	codeFetch           = "DG078" // a URL that cannot be fetched
	codeNoLock          = "DG079" // connector.lock.yaml is not there
	codeConfig          = "DG080" // connector.yaml cannot be read
	codeAuth            = "DG081" // an auth entry that means nothing
	codeNoOperation     = "DG082" // an operation that the input does not have
	codeSelector        = "DG083" // a selector that selects nothing
	codeColumn          = "DG084" // a column override of no resource
	codeParent          = "DG085" // a parent that is none
	codeNoConfigKey     = "DG086" // a config key that is not declared
	codeNoResource      = "DG087" // no such resource
	codeCoverage        = "DG190" // coverage below what was asked for
	codeNothingSelected = "DG191" // no resource is selected
	codeStale           = "DG620" // generated files are stale
	codeForeign         = "DG621" // a name of ours is taken by a file of the user's
	codeEdited          = "DG622" // a generated file was edited
	codeStaleEdited     = "DG623" // a file that is no longer generated was edited
	codeNotCanonical    = "DG624" // connector.yaml is not in canonical form
)
