package schemas_test

import "maps"

// asCatalog puts the facts of a connector into the form of the catalog. What the
// catalog leaves out is named here; all else must be in it.
func asCatalog(facts object) object {
	o := without(facts, "display_name", "error_envelope", "shadowed_operations")
	o["title"] = facts["display_name"]
	auth, _ := facts["auth"].(object)
	o["auth"] = each(auth["options"], authForm)
	config, _ := facts["config"].(object)
	o["config"] = object{
		"environment": config["server_variables"],
		"replication": config["replication_config"],
		"constants":   config["replication_constants"],
		"scoping":     config["scoping"],
	}
	o["entities"] = each(facts["entities"], func(e object) object {
		e = without(e, "stream")
		e["actions"] = each(e["actions"], actionForm)
		return e
	})
	return o
}

// authForm: how a credential is applied is Airbyte's business.
func authForm(option object) object {
	o := without(option, "apply", "location", "extra_headers", "oauth", "entity_scopes")
	oauth, _ := option["oauth"].(object)
	o["scopes"] = oauth["scopes"]
	return o
}

// actionForm: how the vendor is asked is Airbyte's business, and so is what the
// caller does not pass.
func actionForm(action object) object {
	o := without(action, "method", "path", "body_encoding", "injected", "fixed_headers")
	o["params"] = each(o["params"], paramForm)
	result, _ := action["result"].(object)
	result = without(result, "record_path", "record_path_in_schema", "fields_from", "excludes_records_where", "steps", "file_url_field")
	result["meta"] = each(result["meta"], func(m object) object { return without(m, "from", "fields", "format", "items") })
	o["result"] = result
	return o
}

func paramForm(param object) object {
	o := without(param, "style", "explode", "header", "synthetic", "in_url", "undeclared")
	o["properties"] = each(o["properties"], paramForm)
	for _, key := range []string{"items", "additional_properties"} {
		if inner, ok := o[key].(object); ok {
			o[key] = paramForm(inner)
		}
	}
	return o
}

// withoutWords takes the words, which are the catalog's own, off a file.
func withoutWords(file object) object {
	o := without(file, "summary", "terms", "prefix", "showcase", "called", "ids", "emulator", "joined")
	o["auth"] = each(o["auth"], func(option object) object {
		option["fields"] = each(option["fields"], unworded)
		return option
	})
	config, _ := o["config"].(object)
	for _, part := range []string{"environment", "replication"} {
		config[part] = each(config[part], unworded)
	}
	o["entities"] = each(o["entities"], func(e object) object {
		e = without(e, "summary", "called")
		e["actions"] = each(e["actions"], func(a object) object {
			a = without(a, "summary", "default_fields")
			a["params"] = each(a["params"], undescribed)
			return a
		})
		return e
	})
	return o
}

// unworded takes the words off a setting.
func unworded(setting object) object {
	return without(setting, "title", "description", "example", "form")
}

func undescribed(param object) object {
	o := without(param, "description")
	o["properties"] = each(o["properties"], undescribed)
	for _, key := range []string{"items", "additional_properties"} {
		if inner, ok := o[key].(object); ok {
			o[key] = undescribed(inner)
		}
	}
	return o
}

func without(o object, keys ...string) object {
	o = maps.Clone(o)
	if o == nil {
		return object{}
	}
	for _, key := range keys {
		delete(o, key)
	}
	return o
}

// each gives every object of a list another form.
func each(list any, form func(object) object) any {
	items, _ := list.([]any)
	formed := make([]any, len(items))
	for i, item := range items {
		formed[i] = form(item.(object))
	}
	return formed
}
