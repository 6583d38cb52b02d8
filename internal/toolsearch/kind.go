package toolsearch

// kind is a sort of action.
type kind int

const (
	listing kind = iota
	searching
	getting
	creating
	updating
	deleting
	downloading
	doing // an action of another sort
	kinds
)

func kindOf(action string) kind {
	switch action {
	case "list":
		return listing
	case "search", "api_search", "context_store_search":
		return searching
	case "get":
		return getting
	case "create":
		return creating
	case "update":
		return updating
	case "delete":
		return deleting
	case "download":
		return downloading
	default:
		return doing
	}
}
