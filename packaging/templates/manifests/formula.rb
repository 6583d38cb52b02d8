class {{.Class}} < Formula
  desc {{json .Summary}}
  homepage {{json .Project.URL}}
  version {{json .Project.Version}}
  license {{json .Project.License}}
{{range .Systems}}
  {{.Block}} do
{{- range .Archives}}
    {{.Block}} do
      url {{json .URL}}
      sha256 {{json .Sum}}
    end
{{- end}}
  end
{{end}}
  def install
    bin.install {{json .Project.Name}}
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/{{.Project.Name}} version")
  end
end
