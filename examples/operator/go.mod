module github.com/kubeflow/example-operator

go 1.22
